"""Links a dump to a register with Splink on DuckDB, as Splink's own demonstrations
and tutorials have it for people: see docs/peers.md. Runs under Splink 4 and 5."""

import logging

import splink
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from people import Run

logging.getLogger("splink").setLevel(logging.ERROR)
run = Run()


def rules(*candidates):
    """The blocking rules whose columns the files have."""
    return [block_on(*rule) for rule in candidates if run.has(*rule)]


swapped = "l.given_name = r.surname and l.surname = r.given_name"
date = cl.DateOfBirthComparison("birth_date", input_is_string=True, datetime_format=run.date_format, invalid_dates_as_null=True)
# Not Damerau's distance: DuckDB takes five times as long for it, and nothing is won.
official = cl.LevenshteinAtThresholds("official_id", [1, 2])
postcode = cl.LevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True)
street = cl.JaroWinklerAtThresholds("street", [0.9, 0.7]).configure(term_frequency_adjustments=True)
if run.febrl:
    # The detailed model of the demonstration on FEBRL 4, with street and suburb
    # beside it and rules of one column each: so it does better on both sets.
    predict = rules(("given_name",), ("surname",), ("birth_date",), ("official_id",), ("street",), ("suburb",), ("postcode",))
    comparisons = {
        "given_name": cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        "surname": cl.NameComparison("surname").configure(term_frequency_adjustments=True),
        "birth_date": date,
        "official_id": official,
        "street_number": cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        "street": street,
        "suburb": cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7]).configure(term_frequency_adjustments=True),
        "postcode": postcode,
    }
    training = [block_on("birth_date"), block_on("postcode")]
else:
    # The model of the demonstration on 50,000 historical persons, with
    # comparisons for the columns it has not. Towns go with postcodes.
    predict = rules(
        ("official_id",), ("email",), ("phone",), ("given_name", "surname"), ("surname", "birth_date"),
        ("given_name", "birth_date"), ("birth_date", "postcode"), ("birth_date", "birth_place"),
        ("postcode", "surname"), ("postcode", "given_name"), ("street", "birth_date"),
    )
    comparisons = {
        "given_name": cl.ForenameSurnameComparison("given_name", "surname", forename_surname_concat_col_name="full_name"),
        "used_name": cl.NameComparison("used_name").configure(term_frequency_adjustments=True),
        "more_names": cl.NameComparison("more_names").configure(term_frequency_adjustments=True),
        "sex": cl.ExactMatch("sex"),
        "birth_date": date,
        "birth_place": cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
        "official_id": official,
        "email": cl.EmailComparison("email"),
        "phone": cl.LevenshteinAtThresholds("phone", [1, 2]),
        "street": street,
        "postcode": postcode,
    }
    training = [block_on("given_name", "surname"), block_on("birth_date", "substr(postcode, 1, 2)")]

settings = SettingsCreator(
    link_type="link_only",
    blocking_rules_to_generate_predictions=[*predict, swapped],
    comparisons=[comparison for column, comparison in comparisons.items() if run.has(column)],
    retain_matching_columns=False,
)
database = DuckDBAPI(connection=run.connection)
if splink.__version__.startswith("4."):
    linker = Linker(["dump", "register"], settings, database, input_table_aliases=["dump", "register"])
else:
    tables = [database.register(name, dataset_display_name=name) for name in ("dump", "register")]
    linker = Linker(tables, settings)
run.step("prepare")

linker.training.estimate_probability_two_random_records_match(
    rules(("official_id",), ("email",), ("given_name", "surname", "birth_date")), recall=0.8
)
# The demonstration on FEBRL 4 samples a million pairs; more is advised where there are more people.
linker.training.estimate_u_using_random_sampling(max_pairs=1e6 if run.febrl else 1e7, seed=1)
run.step("train u")
for rule in training:
    linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
run.step("train m")

# Lower than anybody would choose, so that the best threshold can be looked for.
scored = linker.inference.predict(threshold_match_probability=0.01).physical_name
run.step("predict")
(kept,) = run.connection.execute(f"select count(*) from {scored}").fetchone()
run.write(
    "select case when source_dataset_l = 'dump' then unique_id_l else unique_id_r end as row,"
    " case when source_dataset_l = 'dump' then unique_id_r else unique_id_l end as record,"
    f" match_probability as probability, match_weight as weight from {scored}",
    f"{splink.__version__}, DuckDB {run.connection.execute('select version()').fetchone()[0]}",
    kept,
)
