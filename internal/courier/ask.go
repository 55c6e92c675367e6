package courier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// answerWithin is how long whoever is asked has to answer.
const answerWithin = 30 * time.Second

// Ask posts a question to a URL and returns the answer, of at most that many bytes; of
// a longer one the next byte comes too, so that it can be told.
func Ask(ctx context.Context, url, contentType string, question []byte, most int64) (answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it says %s", resp.Status)
	}
	return io.ReadAll(io.LimitReader(resp.Body, most+1))
}
