"""Links a dump to a register with the Python Record Linkage Toolkit: blocks and
sorted neighbourhoods, Jaro-Winkler, the ECM classifier, as its guides have it."""

import warnings

import recordlinkage

from people import Run

warnings.simplefilter("ignore")
run = Run()
dump = run.connection.table("dump").df().set_index("unique_id")
register = run.connection.table("register").df().set_index("unique_id")

if run.febrl:
    blocks = [["given_name"], ["surname"], ["birth_date"], ["official_id"], ["postcode"]]
    neighbours = [("surname", []), ("given_name", [])]
else:
    blocks = [
        ["official_id"], ["email"], ["phone"], ["given_name", "surname"], ["surname", "birth_date"],
        ["given_name", "birth_date"], ["birth_date", "postcode"], ["postcode", "surname"],
    ]
    neighbours = [("surname", ["birth_date"])]
indexer = recordlinkage.Index()
for block in blocks:
    if run.has(*block):
        indexer.block(block)
for column, also in neighbours:
    indexer.sortedneighbourhood(column, window=3, block_on=also)
pairs = indexer.index(dump, register)
run.step("index")

compare = recordlinkage.Compare()
for column in run.columns:
    if column in ("sex", "state", "street_number"):
        compare.exact(column, column, label=column)
    elif column in ("birth_date", "official_id", "phone", "postcode"):
        compare.string(column, column, method="damerau_levenshtein", threshold=0.85, label=column)
    else:
        compare.string(column, column, method="jarowinkler", threshold=0.85, label=column)
features = compare.compute(pairs, dump, register)
run.step("compare")

classifier = recordlinkage.ECMClassifier()
classifier.fit(features)
found = classifier.prob(features).rename("probability").reset_index()
found.columns = ["row", "record", "probability"]
# Of equal probabilities the pair that agrees in more columns comes first.
found["weight"] = found["probability"] + features.sum(axis=1).to_numpy() / 1e6
run.step("classify")
run.connection.register("found", found[found["probability"] >= 0.01])
run.write("select * from found", recordlinkage.__version__, len(features))
