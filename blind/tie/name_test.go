package tie

import "testing"

func TestSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, fromTable, to, toTable string
		want                         said
	}{
		{"client_id", "x.sql: dossiers", "id", "x.sql: clients", saidTheTable},
		{"client_id", "x.sql: public.dossiers", "client_id", "x.sql: public.clients", saidTheTable},
		{"id_client", "comptes.csv", "id", "clients.csv.gz", saidTheTable},
		{"clientId", "a.zip/comptes.csv", "identifiant", "a.zip/client.csv", saidTheTable},
		{"fk_client", "comptes", "id_client", "tbl_clients", saidTheTable},
		{"CLIENT_ID", "COMPTES", "ID", "CLIENT", saidTheTable},
		{"idclient", "comptes", "id", "Clients", saidTheTable},
		{"customer_id", "payment", "id", "clients", saidTheTable},
		{"num_adhérent", "cotisations", "numero", "adherents", saidTheTable},
		{"userID", "orders", "id", "utilisateurs", saidTheTable},
		{"city_id", "address", "city_id", "city", saidTheTable},
		{"address_id", "customer", "address_id", "addresses", saidTheTable},
		{"client_id", "paiements", "client_id", "commandes", saidSame},
		{"no_dossier", "pieces", "dossier_no", "demandes", saidSame},
		{"email", "newsletter", "e_mail", "users", saidNothing},
		{"email", "newsletter", "courriel", "users", saidSame},
		{"user_id", "logins", "id", "user_profiles", saidPart},
		{"manager_staff_id", "store", "staff_id", "staff", saidRole},
		{"parrain_client_id", "clients2", "id", "clients", saidRole},
		{"billing_customer_id", "invoice", "id", "customers", saidRole},
		{"created_by", "orders", "id", "users", saidNothing},
		{"id", "orders", "id", "clients", saidNothing},
		{"code", "orders", "code", "clients", saidNothing},
		{"quantite", "lignes", "quantite", "stock", saidNothing},
		{"age", "a", "id", "clients", saidNothing},
		{"product_id", "orders", "id", "clients", saidNothing},
		{"", "", "", "", saidNothing},
		{"_", ":", "é", "/", saidNothing},
	} {
		if got := says(c.from, c.fromTable, c.to, c.toTable); got != c.want {
			t.Errorf("%s.%s -> %s.%s says %d, want %d", c.fromTable, c.from, c.toTable, c.to, got, c.want)
		}
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"x.sql: public.clients": "clients", "x.sql: clients": "clients", "a.zip/in/clients.csv": "clients",
		"clients.csv.gz": "clients", "clients": "clients", ".hidden": ".hidden", "": "",
	} {
		if got := Short(in); got != want {
			t.Errorf("Short(%q) = %q, want %q", in, got, want)
		}
	}
}
