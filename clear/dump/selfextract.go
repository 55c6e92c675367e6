package dump

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// selfExtracting is a program with an archive behind it, which unpacks that when
// it is run. It is not run here.
type selfExtracting struct{}

func (selfExtracting) name() string { return "self-extracting" }

func (selfExtracting) about() Packing {
	return Packing{
		Name: "self-extracting", What: "programs for Windows or Linux with a zip, 7z or rar archive behind them; they are not run",
		NotRead: "installers that pack in ways of their own",
	}
}

func (selfExtracting) magic(head []byte) bool {
	return bytes.HasPrefix(head, []byte("MZ")) && len(head) > 64 && int64(binary.LittleEndian.Uint32(head[60:])) < stubSize && bytes.Contains(head[:min(len(head), 4<<10)], []byte("PE\x00\x00")) ||
		bytes.HasPrefix(head, []byte("\x7fELF"))
}

// stubSize is how far into a file its archive may begin.
const stubSize = 2 << 20 // bytes

func (selfExtracting) unpack(ctx context.Context, f *entry) ([]*blob, []refusal, error) {
	in, size, err := f.random(ctx)
	if err != nil {
		return nil, nil, err
	}
	z := &zipFile{f: f, in: in, size: size}
	members, _, err := z.directory(ctx)
	if err != nil {
		return nil, nil, err
	}
	if len(members) > 0 {
		b := section("", in, 0, size)
		b.in = zipContainer{}
		return []*blob{b}, nil, nil
	}
	stub := make([]byte, min(size, stubSize))
	if n, err := in.ReadAt(stub, 0); n < len(stub) && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	for at := range stub {
		rest := stub[at:]
		if stub[at] == 'R' && (rarContainer{}).magic(rest) || stub[at] == '7' && isSevenStart(rest) {
			return []*blob{section("", in, int64(at), size-int64(at))}, nil, nil
		}
	}
	return nil, nil, unsupported(f.name, "a program")
}

// isSevenStart reports the start of a 7z archive whose sum is right.
func isSevenStart(head []byte) bool {
	return len(head) >= 32 && sevenContainer{}.magic(head) && crc32.ChecksumIEEE(head[12:32]) == binary.LittleEndian.Uint32(head[8:])
}
