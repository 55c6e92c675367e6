package dump

import (
	"strings"
	"testing"
)

const mysqlXML = `<?xml version="1.0"?>
<mysqldump xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<database name="crm">
	<table_structure name="clients">
		<field Field="id" Type="int" Null="NO" Key="PRI" Extra="" Comment="" />
		<field Field="nom" Type="text" Null="YES" Key="" Extra="" Comment="" />
		<options Name="clients" Engine="InnoDB" />
	</table_structure>
	<table_data name="clients">
	<row>
		<field name="id">1</field>
		<field name="nom">Martin &amp; fils</field>
	</row>
	<row>
		<field name="id">2</field>
		<field name="nom" xsi:nil="true" />
	</row>
	</table_data>
	<table_data name="dossiers">
	<row>
		<field name="client">2</field>
	</row>
	</table_data>
</database>
</mysqldump>
`

func TestXMLTables(t *testing.T) {
	t.Parallel()
	for _, c := range []sheetCase{
		{name: "made", content: xmlTablesFormat{}.about().Example, tables: []string{"id|nom|adresse.ville|mel"}, rows: []string{"1|Martin|Lyon|", "2|Petit||a@x.example,b@x.example"}},
		{name: "mysqldump", content: mysqlXML, tables: []string{"clients: id|nom", "dossiers: client"}, rows: []string{"1|Martin & fils", "2|", "2"}},
		{
			name: "mysql", content: `<?xml version="1.0"?><resultset statement="select 1" xmlns:xsi="x"><row><field name="id">1</field></row></resultset>`,
			tables: []string{"resultset: id"}, rows: []string{"1"},
		},
		{
			name: "phpMyAdmin", content: `<?xml version="1.0" encoding="utf-8"?><pma_xml_export version="1.0" xmlns:pma="x"><pma:structure_schemas><pma:database name="crm"><pma:table name="clients">CREATE TABLE x</pma:table></pma:database></pma:structure_schemas><!-- x --><database name="crm"><table name="clients"><column name="id">1</column><column name="nom">Martin</column></table><table name="clients"><column name="id">2</column><column name="nom">NULL</column></table><table name="dossiers"><column name="id">7</column></table></database></pma_xml_export>`,
			tables: []string{"clients: id|nom", "dossiers: id"}, rows: []string{"1|Martin", "2|NULL", "7"},
		},
		{
			name: "two kinds of rows, words around them", content: `<export version="2"><date>2024-01-02</date><clients><client id="1"><nom>Martin</nom></client><client id="2"><nom>Petit</nom></client></clients><ventes><vente><montant>1</montant></vente><vente><montant>2</montant></vente><vente><montant>3</montant></vente></ventes></export>`,
			tables: []string{"vente: montant", "client: id|nom", "export: version|date"}, rows: []string{"1|Martin", "2|Petit", "1", "2", "3", "2|2024-01-02"},
		},
		{
			name: "one record", content: `<personne><nom>Martin</nom><tel>0639980102</tel><tel>0639980103</tel></personne>`,
			tables: []string{"nom|tel"}, rows: []string{"Martin|0639980102,0639980103"},
		},
		{
			name: "a list", content: `<mels><mel>a@x.example</mel><mel>b@x.example</mel></mels>`,
			tables: []string{"mel"}, rows: []string{"a@x.example", "b@x.example"},
		},
		{
			name: "attributes alone", content: `<posts><row Id="1" Body="&lt;p&gt;a&lt;/p&gt;"/><row Id="2" Body=""/></posts>`,
			tables: []string{"Id|Body"}, rows: []string{"1|<p>a</p>", "2|"},
		},
		{
			name: "text among elements, in several pieces", content: `<a><b>x <i>y</i> z<![CDATA[ <&> ]]>t</b><b> ` + strings.Repeat("u", 3*markupPiece) + ` </b></a>`,
			tables: []string{"b|i"}, rows: []string{"x z <&> t|y", strings.Repeat("u", 3*markupPiece) + "|"},
		},
		{
			name: "broken rows", content: `<a><b><c>1</c><d>1</d></b><b><c>2</c <d>2</d></b><b><c>3</c><d>3</d></b><b><c>4</c></d></b><b><c>5<c></b><b><c>6</c><d>6</d></b><b x="7><c>7</c></b><b><c>8</c><d>8</b></a>`,
			tables:  []string{"b: c|d", "a: c"},
			rows:    []string{"1|1", "2|2", "3|3", "5|", "6|6", "8|8"},
			rejects: map[string]int64{"malformed markup": 2},
		},
		{
			name: "entities that swell", content: `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><a><b><c>&b;</c></b><b><c>2</c></b></a>`,
			rows: []string{"&b;", "2"},
		},
		{
			name: "deep", content: "<a><b><c>1</c></b><b>" + strings.Repeat("<x>", 400) + "1" + strings.Repeat("</x>", 400) + "</b><b><c>3</c></b></a>",
			rows: []string{"1", "3"}, rejects: map[string]int64{"nested too deeply": 1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
	cutAnywhere(t, mysqlXML)
	cutAnywhere(t, xmlTablesFormat{}.about().Example)
}

// TestXMLProbe holds that what only begins like XML is not taken for it.
func TestXMLProbe(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"columns in brackets": "<TICKER>,<PER>,<DATE>\nAB,D,20200102\nCD,D,20200102\n",
		"addresses":           "<a@x.example>;Martin\n<b@x.example>;Petit\n",
		"less than":           "<5;a\n<6;b\n",
	} {
		if got := openAll(t, file(t, "a", text)).Tables[0].Format; got != "CSV" {
			t.Errorf("%s: read as %s", name, got)
		}
	}
}

func FuzzXMLTables(f *testing.F) {
	f.Add(`<b x="1"><c>2</c><![CDATA[x]]></b><b/><d><e/></d>`)
	f.Add(`</b><b<b></a><a><b>&#65;<table name="x"><column name="y">z</column></table>`)
	f.Add(mysqlXML)
	f.Fuzz(func(t *testing.T, rows string) {
		reconcile(t, file(t, "a", "<a><b><c>1</c></b><b><c>2</c></b>"+rows))
		reconcile(t, file(t, "a", gz(t, "<?xml version='1.0'?>"+rows)))
	})
}
