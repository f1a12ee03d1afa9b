package storage_test

import (
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/legal"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestLegal: versions are kept, two who write at once do not lose what one
// wrote, and who accepted an earlier version owes the one that asks for it.
func TestLegal(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "legal", func(t *testing.T, db *storage.DB) {
		ctx, s := t.Context(), storage.NewLegal(db)
		at := time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)
		if _, err := s.Latest(ctx, legal.Terms); domain.CodeOf(err) != domain.NotFound {
			t.Fatalf("nothing is published: %v", err)
		}
		page := must[*legal.Page](t)(s.Page(ctx, legal.Terms))
		other := must[*legal.Page](t)(s.Page(ctx, legal.Terms))
		page.Draft = &legal.Words{Text: domain.Text{"lv": "Noteikumi"}, Demands: true}
		if err := s.SaveDraft(ctx, page); err != nil {
			t.Fatal(err)
		}
		other.Draft = &legal.Words{Text: domain.Text{"en": "Rules"}}
		if err := s.SaveDraft(ctx, other); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("the first save of another: %v", err)
		}
		if read := must[*legal.Page](t)(s.Page(ctx, legal.Terms)); read.Draft == nil || read.Draft.Text["lv"] != "Noteikumi" || !read.Draft.Demands || read.Latest != nil || read.Revision != 1 {
			t.Errorf("%+v", read)
		}
		for number := 1; number <= 3; number++ {
			v := &legal.Version{Kind: legal.Terms, Number: number, At: at, Words: legal.Words{Text: domain.Text{"en": "Rules"}, Changes: domain.Text{"en": "New."}, Demands: number == 2}}
			page.Draft, page.Latest = nil, v
			if err := s.Publish(ctx, page, v, domain.Change{}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Publish(ctx, &legal.Page{Kind: legal.Terms, Revision: 2}, &legal.Version{Kind: legal.Terms, Number: 4, At: at}, domain.Change{}); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("over a newer one: %v", err)
		}
		list := must[domain.List[*legal.Version]](t)(s.Versions(ctx, legal.Terms, domain.Page{Limit: 2}))
		if list.Total != 3 || len(list.Items) != 2 || list.Items[0].Number != 3 || list.Items[0].Text != nil {
			t.Errorf("%+v", list)
		}
		if rest := must[domain.List[*legal.Version]](t)(s.Versions(ctx, legal.Terms, domain.Page{Limit: 2, After: list.Next})); len(rest.Items) != 1 || rest.Items[0].Number != 1 || rest.Next != "" {
			t.Errorf("%+v", rest)
		}
		if n := must[int](t)(s.Demanded(ctx)); n != 2 {
			t.Errorf("version %d is to be accepted", n)
		}
		for range 2 {
			if err := s.Accept(ctx, "ana", legal.Acceptance{Version: 1, At: at}, domain.Change{}); err != nil {
				t.Fatal(err)
			}
		}
		if a := must[[]legal.Acceptance](t)(s.Acceptances(ctx, "ana")); len(a) != 1 || a[0].Version != 1 || !a[0].At.Equal(at) {
			t.Errorf("%+v", a)
		}
		if news := must[[]*legal.Version](t)(s.Since(ctx, legal.Terms, 1)); len(news) != 2 || news[0].Number != 3 || news[0].Changes["en"] != "New." {
			t.Errorf("%+v", news)
		}
		if pages := must[[]*legal.Page](t)(s.Pages(ctx)); len(pages) != 1 || pages[0].Latest == nil || pages[0].Latest.Number != 3 || pages[0].Draft != nil {
			t.Errorf("%+v", pages)
		}
	})
}
