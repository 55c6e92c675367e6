"""The columns of the sets, cleaned for every peer alike: blanks are null, text is
in small letters without accents, numbers that pandas once wrote lose their ".0"."""

import json
import sys
import time

import duckdb


def text(column):
    return f"nullif(lower(strip_accents(trim({column}))), '')"


def number(column):
    return f"nullif(regexp_replace(trim({column}), '[.]0$', ''), '')"


# What a peer is given → the column it comes from, and how.
AGENCY = {
    # Of several given names the first is the name, as people are called by it.
    # A surname is treated alike, since names change places in some rows.
    "given_name": ("prenoms", text("split_part(prenoms, ',', 1)")),
    "more_names": ("prenoms", text("regexp_extract(prenoms, ',(.*)', 1)")),
    "surname": ("nom_naissance", text("split_part(nom_naissance, ',', 1)")),
    "used_name": ("nom_usage", text("nom_usage")),
    "sex": ("sexe", text("sexe")),
    "birth_date": ("date_naissance", number("date_naissance")),
    "birth_place": ("commune_naissance", text("commune_naissance")),
    "official_id": ("nir", text("nir")),
    "email": ("courriel", text("courriel")),
    "phone": ("telephone", text("telephone")),
    "street": ("adresse", text("adresse")),
    "postcode": ("code_postal", text("code_postal")),
}
FEBRL = {
    "given_name": ("given_name", text("given_name")),
    "surname": ("surname", text("surname")),
    "birth_date": ("date_of_birth", number("date_of_birth")),
    "official_id": ("soc_sec_id", text("soc_sec_id")),
    "street_number": ("street_number", number("street_number")),
    "street": ("address_1", text("address_1")),
    "suburb": ("suburb", text("suburb")),
    "postcode": ("postcode", number("postcode")),
    "state": ("state", text("state")),
}


class Run:
    """One run: reads the two files, keeps the time of its steps, writes links."""

    def __init__(self):
        dump, register, record_id, self.links = sys.argv[1:]
        self.connection = duckdb.connect()
        self.steps = {}
        self.since = time.monotonic()
        with open(dump, encoding="utf-8") as f:
            header = f.readline()
        self.febrl = "given_name" in header
        self.date_format = "%Y%m%d" if self.febrl else "%Y-%m-%d"
        known = FEBRL if self.febrl else AGENCY
        there = header.strip().replace('"', "").split(";" if ";" in header else ",")
        self.columns = [name for name, (source, _) in known.items() if source in there]
        cells = ", ".join(f"{known[name][1]} as {name}" for name in self.columns)
        cells += ", given_name || ' ' || surname as full_name"
        for table, path, extra in (("dump", dump, ""), ("register", register, f", {record_id} as record_id")):
            delimiter = ";" if ";" in header else ","
            self.connection.execute(
                f"create table {table} as select row_number() over () as unique_id, {cells}{extra}"
                " from read_csv(?, delim = ?, header = true, all_varchar = true)",
                [path, delimiter],
            )
        self.step("load")

    def has(self, *columns):
        return all(column in self.columns for column in columns)

    def step(self, name):
        now = time.monotonic()
        self.steps[name], self.since = round(now - self.since, 3), now

    def write(self, pairs, version, compared):
        """pairs is SQL of row, record (its ordinal), probability and weight. A row is
        tied to one record, the likeliest, since it is a copy of one."""
        self.connection.execute(
            f"copy (select p.row, r.record_id, p.probability, p.weight from ({pairs}) p"
            " join register r on r.unique_id = p.record"
            " qualify row_number() over (partition by p.row order by p.weight desc, r.record_id) = 1)"
            f" to '{self.links}' (header, delimiter ',')"
        )
        self.step("write")
        print(json.dumps({"version": version, "steps": self.steps, "compared": compared}))
