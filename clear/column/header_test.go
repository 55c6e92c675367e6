package column

import (
	"testing"

	"constat.example/blind/kind"
)

func TestHeaderWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]kind.Kind{
		"date_naissance": kind.BirthDate, "DDN": kind.BirthDate, "dt_naiss": kind.BirthDate, "DateOfBirth": kind.BirthDate, "dateNaissance": kind.BirthDate, "birthdate": kind.BirthDate, "Né(e) le": kind.BirthDate, "DTNAISS": kind.BirthDate,
		"cli_nom": kind.BirthSurname, "NomUsage": kind.UsedSurname, "nom de naissance": kind.BirthSurname, "nomdenaissance": kind.BirthSurname, "LAST_NAME": kind.BirthSurname,
		"Prénom": kind.GivenNames, "prÃ©nom": kind.GivenNames, "pr\uFFFDnom": kind.GivenNames, "given_name": kind.GivenNames, "Prénoms": kind.GivenNames,
		"Nom et prénom": kind.FullName, "fullName": kind.FullName, "nom_prenom": kind.FullName,
		"soc_sec_id": kind.NIR, "numSecu": kind.NIR, "N° sécu": kind.NIR, "NIR": kind.NIR, "num_secu_sociale": kind.NIR, "numéro de sécurité sociale": kind.NIR,
		"street_number": kind.HouseNumber, "address_1": kind.Address, "address_2": kind.AddressExtra, "adresse2": kind.AddressExtra, "Libellé voie": kind.Address,
		"suburb": kind.City, "state": kind.Region, "rec_id": kind.RecordID, "courriel": kind.Email, "mel": kind.Email, "adresse_email": kind.Email,
		"portable": kind.Phone, "tel_fixe": kind.Phone, "Tél. mobile": kind.Phone, "tel1": kind.Phone,
		"cp": kind.PostCode, "codpos": kind.PostCode, "CODE_POSTAL": kind.PostCode, "code postal": kind.PostCode,
		"ville": kind.City, "commune_insee": kind.CityCode, "naissance_insee": kind.BirthPlaceCode, "lieu_naissance": kind.BirthPlace, "pays_naiss": kind.BirthCountry,
		"civilite": kind.Sex, "spi": kind.TaxNumber, "num_fiscal": kind.TaxNumber, "id_psp": kind.Identifier, "numero_client": kind.Identifier,
		"mot_de_passe": kind.Password, "password_hash": kind.Password, "empreinte": kind.Password, "login": kind.Login, "username": kind.Login,
		"created_at": kind.DateTime, "date_creation": kind.DateTime, "derniereConnexion": kind.DateTime, "ip": kind.IPAddress, "IP address": kind.IPAddress,
		"IBAN": kind.IBAN, "rib": kind.IBAN, "num_passeport": kind.Passport, "permis_conduire": kind.Permit, "cni": kind.IDCard, "SIRET": kind.SIRET, "commentaire": kind.FreeText,
		"id": kind.RecordID, "customer_id": kind.RecordID, "id_personne": kind.RecordID,
		"NOM_USAG": kind.UsedSurname, "Nom de famille de naissance": kind.BirthSurname, "NUM_TEL_PORT": kind.Phone, "Zip Code": kind.PostCode, "code_client": kind.Identifier, "IPAddr": kind.IPAddress,
		"Code INSEE commune de naissance": kind.BirthPlaceCode, "user_pass": kind.Password, "user_login": kind.Login, "adresse IP": kind.IPAddress, "prenom_pere": kind.Unknown, "CardNumber": kind.PaymentCard, "code": kind.Unknown,
		"montant": kind.Unknown, "order_id": kind.Unknown, "nom_produit": kind.Unknown, "product name": kind.Unknown, "nom_mere": kind.Unknown, "statut": kind.Unknown, "date_commande": kind.DateTime, "uuid": kind.Unknown, "num_commande": kind.Unknown, "ville_agence": kind.Unknown, "company_name": kind.Unknown, "annee": kind.Unknown, "indicatif_pays": kind.Unknown, "dep_naissance": kind.Unknown,
	} {
		h := readHeader(name)
		best := kind.Unknown
		for k := range h.weights {
			if h.weights[k] > max(0, h.weights[best]) {
				best = kind.Kind(k)
			}
		}
		if best != want {
			t.Errorf("%q reads as %v, want %v: %v", name, best, want, h.weights)
		}
	}
	for _, name := range []string{"", "column 3", "Unnamed: 0", "12", "C4", "field_2"} {
		if !readHeader(name).absent {
			t.Errorf("%q counts as a header", name)
		}
	}
}
