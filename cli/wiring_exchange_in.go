package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/exchange/shelf"
	"constat.example/internal/failure"
	"constat.example/triage"
	"constat.example/web/taxii"
)

func importClaims(ctx context.Context, r ImportClaimsRequest) (*ClaimsImported, error) {
	b := r.bench()
	b.Keep = r.kept()
	done, err := b.ImportClaims(ctx, triage.IntakeRequest{From: r.From, As: r.As, Case: r.Case, Words: r.Words, Door: r.Door, Since: r.Since})
	if err != nil {
		return nil, err
	}
	out := &ClaimsImported{As: done.As, Other: done.Other, Items: []ItemImported{}}
	for _, t := range done.Items {
		x := ItemImported{Item: t.Item, What: t.What, Reason: t.Reason, Notes: orEmpty(t.Notes), Case: t.Case, Number: t.Number}
		if t.Claim != nil {
			c := claimOf(t.Case, t.Number, t.Claim)
			x.Claim = &c
		}
		switch t.What {
		case triage.TakenNew:
			out.Imported++
		case triage.TakenChanged:
			out.Corrected++
		case triage.TakenKnown:
			out.Known++
		default:
			out.Left++
		}
		out.Items = append(out.Items, x)
	}
	return out, nil
}

func collections(ctx context.Context, r CollectionsRequest) ([]CollectionOffered, error) {
	offers, err := r.bench().Offers(ctx, r.Address, r.Door)
	if err != nil {
		return nil, err
	}
	var all []CollectionOffered
	for _, o := range offers {
		all = append(all, CollectionOffered{o.Address, o.Title, o.Description, o.CanRead})
	}
	return all, nil
}

func letRead(ctx context.Context, r ReaderRequest) (*ReaderLet, error) {
	b := r.bench()
	if r.Revoke {
		return &ReaderLet{Reader: r.Reader}, b.TakePass(ctx, r.Reader)
	}
	token, err := b.GivePass(ctx, triage.PassRequest{Reader: r.Reader, TLP: r.TLP, Until: r.Until})
	if err != nil {
		return nil, err
	}
	let := &ReaderLet{Reader: r.Reader, TLP: r.TLP, Since: r.Now(), By: r.Who.String(), Token: token}
	if !r.Until.IsZero() {
		let.Until = &r.Until
	}
	return let, nil
}

func readers(ctx context.Context, c Common) ([]ReaderLet, error) {
	good, err := c.bench().Passes(ctx)
	if err != nil {
		return nil, err
	}
	var all []ReaderLet
	for _, p := range good {
		all = append(all, readerLet(p))
	}
	return all, nil
}

func readerLet(p shelf.Pass) ReaderLet {
	let := ReaderLet{Reader: p.Reader, TLP: casefile.TLP(p.TLP), Since: p.At, By: p.By}
	if !p.Until.IsZero() {
		let.Until = &p.Until
	}
	return let
}

// lookAgain is how long what was found of the cases is served before they are looked at
// again.
const lookAgain = 2 * time.Second

// pageOf is how many objects are handed out at once.
const pageOf = 500

func serve(ctx context.Context, r ServeRequest) (err error) {
	b := r.bench()
	request := triage.ShareRequest{TLP: r.TLP, Every: lookAgain}
	if r.OnlyTell {
		plan, err := b.Plan(ctx, request)
		if err == nil {
			r.Ready("", served(plan))
		}
		return err
	}
	var config *tls.Config
	if r.Cert != "" {
		if err := readable(r.Key); err != nil {
			return err
		}
		cert, err := tls.LoadX509KeyPair(r.Cert, r.Key)
		if err != nil {
			return failure.New(failure.BadInput, "They have to be a certificate and its key in PEM.", "reading the certificate: %w", err)
		}
		config = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", r.Listen)
	if err != nil {
		return failure.New(failure.BadInput, "Write host:port of this machine, as 127.0.0.1:6143, that is not in use.", "nothing can be served at %s: %w", r.Listen, err)
	}
	defer func() { _ = l.Close() }() // the server closes it, if there is one
	share, err := b.Share(ctx, request)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, share.Close()) }()
	address := "http://" + l.Addr().String() + "/"
	if config != nil {
		l, address = tls.NewListener(l, config), "https://"+l.Addr().String()+"/"
	}
	c := taxii.Config{
		Source: share, Title: "Constat", About: "What may be told of cases of stolen data.", Most: pageOf,
		Fail: func(err error) { r.Say(fmt.Sprintf("A read failed: %s.", err)) },
	}
	for _, x := range share.Collections {
		c.Collections = append(c.Collections, taxii.Collection{Shelf: x.Shelf, ID: x.ID, Title: "Cases marked TLP:" + string(x.TLP), About: "TLP:" + string(x.TLP) + " is " + x.TLP.Words().EN + "."})
	}
	r.Ready(address, served(share.Collections))
	return taxii.Serve(ctx, l, c)
}

func served(all []triage.Shared) (out []CollectionServed) {
	for _, x := range all {
		out = append(out, CollectionServed{x.TLP, x.Shelf, x.ID, x.Cases})
	}
	return out
}
