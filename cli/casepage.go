package cli

import (
	"bytes"
	"context"
	"io"

	"github.com/spf13/cobra"

	"constat.example/desk/report"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// PageRequest asks for a page of a case, or of all.
type PageRequest struct {
	Common
	Case string // "": all
	Lang string // shown first
	File string // where to write it; "": it is returned
}

func (a *app) casePage() *cobra.Command {
	if a.services.CasePage == nil {
		return nil
	}
	var request PageRequest
	cmd := &cobra.Command{
		Use:   "page CASE [flags]",
		Short: "Draw a case as one page: clock, findings, decisions, timeline",
		Long: `Draw a case as one page that can be handed on as a file, read without the program,
and printed: how it is marked and where it stands, the clock with every duty, what
waits for a second yes, what is established and how that moved, claims beside it,
the severity, decisions in force, and all that happened on one line of time. French
and English are both in it.

Durations are those of the moment at which it is drawn. The page holds nothing of the
people concerned. It is written to standard output unless -o names a file.`,
		Example: `  constat case page forum-2026-04 > forum.html
  constat case page forum-2026-04 --lang fr > dossier.html`,
		Args: between(1, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			request.Case = args[0]
			return a.drawPage(cmd.Context(), request)
		},
		ValidArgsFunction: a.caseArgument,
	}
	cmd.Flags().StringVarP(&request.File, "out", "o", "", "write the page to this `file`")
	langFlag(cmd, &request.Lang)
	a.stored(cmd)
	return cmd
}

// drawPage draws a page of a case or of all, into a file or onto standard output.
func (a *app) drawPage(ctx context.Context, r PageRequest) (err error) {
	if err := checkLanguage(r.Lang); err != nil {
		return err
	}
	if r.Common, err = a.common(nil); err != nil {
		return err
	}
	page, err := a.services.CasePage(ctx, r)
	if err != nil {
		return err
	}
	if r.File == "" {
		return a.print(func(w io.Writer) { _, _ = w.Write(page) })
	}
	if err := disk.WriteFile(r.File, page); err != nil {
		return failure.New(failure.BadInput, "Name a file in a folder that is there.", "writing the page: %w", err)
	}
	return nil
}

func casePage(ctx context.Context, r PageRequest) ([]byte, error) {
	b := r.bench()
	var page bytes.Buffer
	if r.Case == "" {
		rows, err := b.CasesPage(ctx)
		if err != nil {
			return nil, err
		}
		err = report.CasesPage(&page, rows, r.Now(), report.Language(r.Lang))
		return page.Bytes(), err
	}
	c, err := b.CasePage(ctx, r.Case)
	if err != nil {
		return nil, err
	}
	err = report.CasePage(&page, c, report.Language(r.Lang))
	return page.Bytes(), err
}
