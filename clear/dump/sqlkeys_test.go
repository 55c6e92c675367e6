package dump

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// keysDeclared words the keys of all tables: "b(client_id) -> a(id)", "a(id)".
func keysDeclared(t testing.TB, text string) []string {
	t.Helper()
	d := openAll(t, file(t, "x.sql", text))
	words := func(table int, columns []int) string {
		var names []string
		for _, c := range columns {
			names = append(names, d.Tables[table].Columns[c])
		}
		return strings.TrimPrefix(d.Tables[table].Name, "x.sql: ") + "(" + strings.Join(names, ",") + ")"
	}
	var all []string
	for i, tab := range d.Tables {
		for _, k := range tab.Keys {
			said := words(i, k.Columns)
			if k.Table >= 0 {
				said += " -> " + words(k.Table, k.To)
			}
			all = append(all, said)
		}
	}
	return all
}

func TestSQLKeys(t *testing.T) {
	t.Parallel()
	const my = "/*!40101 SET NAMES utf8mb4 */;\n"
	const pg = "SET standard_conforming_strings = on;\n"
	rows := func(tables ...string) string {
		text := ""
		for _, name := range tables {
			text += fmt.Sprintf("INSERT INTO %s VALUES (1,2,3);\n", name)
		}
		return text
	}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{
			"clauses of a table, as mysqldump writes them",
			my + "CREATE TABLE `a` (\n `id` int(11) NOT NULL COMMENT 'no PRIMARY KEY, (x',\n `m` varchar(20) DEFAULT 'x,y',\n `n` int,\n PRIMARY KEY (`id`),\n UNIQUE KEY `k` (`m`(10),`n` DESC) USING BTREE,\n KEY `l` (`n`)\n) ENGINE=InnoDB;\n" +
				"CREATE TABLE `b` (\n `id` int, `client_id` int, `x` int,\n CONSTRAINT `fk` FOREIGN KEY (`client_id`) REFERENCES `a` (`id`) ON DELETE CASCADE ON UPDATE SET NULL\n);\n" + rows("`a`", "`b`"),
			[]string{"a(id)", "a(m,n)", "b(client_id) -> a(id)"},
		},
		{
			"constraints that pg_dump adds at the end",
			pg + "CREATE TABLE public.a (id integer NOT NULL, m text, n text);\nCREATE TABLE public.b (id integer, client_id integer, x text DEFAULT 'REFERENCES a'::text);\n" + rows("public.a", "public.b") +
				"ALTER TABLE ONLY public.a\n    ADD CONSTRAINT a_pkey PRIMARY KEY (id);\nALTER TABLE public.a OWNER TO x;\nALTER TABLE ONLY public.b\n    ADD CONSTRAINT b_fkey FOREIGN KEY (client_id) REFERENCES public.a(id);\nCREATE UNIQUE INDEX u ON public.b USING btree (id);\n",
			[]string{"public.a(id)", "public.b(client_id) -> public.a(id)", "public.b(id)"},
		},
		{
			"with the column",
			pg + "CREATE TABLE a (id int PRIMARY KEY, m text UNIQUE, n int CHECK (n > 0));\nCREATE TABLE b (id serial, c int NOT NULL REFERENCES a ON DELETE SET NULL, d int REFERENCES a(id));\n" + rows("a", "b"),
			[]string{"a(id)", "a(m)", "b(c) -> a(id)", "b(d) -> a(id)"},
		},
		{
			"several at once, as phpMyAdmin writes them",
			my + "CREATE TABLE `a` (`id` int, `b` int, `c` int);\nCREATE TABLE `b` (`id` int, `a` int, `c` int);\n" + rows("`a`", "`b`") +
				"ALTER TABLE `a`\n  ADD PRIMARY KEY (`id`),\n  ADD KEY `x` (`b`);\nALTER TABLE `b` ADD CONSTRAINT `y` FOREIGN KEY (`a`) REFERENCES `a` (`id`), ADD UNIQUE KEY `z` (`id`);\n",
			[]string{"a(id)", "b(a) -> a(id)", "b(id)"},
		},
		{
			"SQL Server",
			"CREATE TABLE [dbo].[a]([id] [int] NOT NULL, [m] [nvarchar](50) NULL, [n] [int],\n CONSTRAINT [PK] PRIMARY KEY CLUSTERED ([id] ASC) WITH (PAD_INDEX = OFF))\nGO\nCREATE TABLE [dbo].[b]([id] [int], [aid] [int], [x] [int])\nGO\n" +
				"INSERT [dbo].[a] ([id],[m],[n]) VALUES (1,N'x',2)\nGO\nINSERT [dbo].[b] ([id],[aid],[x]) VALUES (1,1,2)\nGO\nALTER TABLE [dbo].[b]  WITH CHECK ADD  CONSTRAINT [FK] FOREIGN KEY([aid]) REFERENCES [dbo].[a] ([id])\nGO\n",
			[]string{"dbo.a(id)", "dbo.b(aid) -> dbo.a(id)"},
		},
		{
			"of two columns",
			my + "CREATE TABLE a (x int, y int, z int, PRIMARY KEY (x, y));\nCREATE TABLE b (x int, y int, z int, FOREIGN KEY (x, y) REFERENCES a (x, y));\n" + rows("a", "b"),
			[]string{"a(x,y)", "b(x,y) -> a(x,y)"},
		},
		{
			"of tables and columns that are not there",
			my + "CREATE TABLE a (x int, y int, z int, PRIMARY KEY (q), FOREIGN KEY (x) REFERENCES gone (id), FOREIGN KEY (y) REFERENCES empty (id), FOREIGN KEY (z) REFERENCES a (r));\nCREATE TABLE empty (id int);\n" + rows("a"),
			nil,
		},
		{"broken off", my + "CREATE TABLE a (x int REFERENCES, y int PRIMARY, z int, FOREIGN KEY (x REFERENCES a (x), UNIQUE );\n" + rows("a"), []string{"a(y)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := keysDeclared(t, c.text); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func FuzzSQLKeys(f *testing.F) {
	f.Add([]byte("PRIMARY KEY (`a`(3), b DESC), FOREIGN KEY k (c) REFERENCES d.e (f)"), "")
	f.Add([]byte("int DEFAULT 'x''' REFERENCES a"), "c")
	f.Fuzz(func(t *testing.T, clause []byte, column string) {
		for _, k := range keysIn(clause, column) {
			if len(k.columns) == 0 || k.primary && k.table != "" {
				t.Fatal("a key that is none")
			}
		}
	})
}
