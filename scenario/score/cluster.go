package score

import (
	"slices"

	"constat.example/internal/failure"
)

// Clusters scores a partition of items against the true one: found[i] and
// truth[i] are the labels of the clusters that item i is in, whatever their
// names. A cluster counts as right when it holds just the members of a true
// one (the cluster F1 of Huang, Ertekin & Giles 2006).
func Clusters(truth, found []string) (Ratio, error) {
	if len(truth) != len(found) {
		return Ratio{}, failure.New(failure.BadInput, "Give both partitions over the same items, in the same order.", "%d items in the truth, %d found", len(truth), len(found))
	}
	members := func(labels []string) map[string][]int {
		m := map[string][]int{}
		for i, label := range labels {
			m[label] = append(m[label], i)
		}
		return m
	}
	there, got := members(truth), members(found)
	var right int64
	for _, items := range got {
		if slices.Equal(items, there[truth[items[0]]]) {
			right++
		}
	}
	return newRatio(int64(len(got)), int64(len(there)), right), nil
}

// ClusterPairs scores the same partitions by pairs of items that share a cluster.
func ClusterPairs(truth, found []string) (Ratio, error) {
	if len(truth) != len(found) {
		return Ratio{}, failure.New(failure.BadInput, "Give both partitions over the same items, in the same order.", "%d items in the truth, %d found", len(truth), len(found))
	}
	type both struct{ truth, found string }
	t, f, b := map[string]int64{}, map[string]int64{}, map[both]int64{}
	for i := range truth {
		t[truth[i]]++
		f[found[i]]++
		b[both{truth[i], found[i]}]++
	}
	return newRatio(pairs(f), pairs(t), pairs(b)), nil
}

func pairs[K comparable](sizes map[K]int64) (n int64) {
	for _, size := range sizes {
		n += size * (size - 1) / 2
	}
	return n
}
