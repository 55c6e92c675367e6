package agency

import (
	"context"
	"sync"
)

// InOrder makes n things on several goroutines and uses them one after the
// other, in order. make gets a thing that was used, to make it anew in its
// memory, or the zero value; at most twice as many things as threads are alive.
func InOrder[T any](ctx context.Context, threads, n int, make_ func(i int, old T) T, use func(T) error) error {
	type job struct {
		i    int
		old  T
		done chan T
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	jobs := make(chan job)
	ahead := make(chan job, 2*threads)
	free := make(chan T, 2*threads+1)
	for range 2 * threads {
		var zero T
		free <- zero
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	for range threads {
		wg.Go(func() {
			for j := range jobs {
				j.done <- make_(j.i, j.old)
			}
		})
	}
	wg.Go(func() {
		defer close(ahead)
		defer close(jobs)
		for i := range n {
			j := job{i: i, done: make(chan T, 1)}
			select {
			case j.old = <-free:
			case <-ctx.Done():
				return
			}
			ahead <- j
			select {
			case jobs <- j:
			case <-ctx.Done():
				return
			}
		}
	})
	for range n {
		var j job
		var open bool
		select {
		case j, open = <-ahead:
		case <-ctx.Done():
		}
		if !open {
			return context.Cause(ctx)
		}
		var thing T
		select {
		case thing = <-j.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if err := use(thing); err != nil {
			return err
		}
		free <- thing
	}
	return context.Cause(ctx)
}
