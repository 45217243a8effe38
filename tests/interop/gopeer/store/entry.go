package store

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"

	"gopeer/hst"
)

const (
	magic    = "\x00\xff\xca\xfe"
	revision = "\x00\x00"
)

// Encode writes an entry of revision 0: the header, then the gob value.
func Encode(w io.Writer, state *hst.State) error {
	enablements := byte(0)
	if state.Config != nil {
		enablements = state.Enablements.Bits()
	}
	header := append([]byte(magic+revision), enablements, ^enablements)
	if _, err := w.Write(header); err != nil {
		return fmt.Errorf("encode state header: %w", err)
	}
	if err := gob.NewEncoder(w).Encode(state); err != nil {
		return fmt.Errorf("encode state body: %w", err)
	}
	return nil
}

// Decode reads an entry of revision 0. It does not look into the configuration, and not at what
// follows the gob value.
func Decode(r io.Reader) (*hst.State, error) {
	enablements, err := decodeHeader(r)
	if err != nil {
		return nil, fmt.Errorf("decode state header: %w", err)
	}
	state := new(hst.State)
	if err := gob.NewDecoder(r).Decode(state); err != nil {
		return nil, fmt.Errorf("decode state body: %w", err)
	}
	found := byte(0)
	if state.Config != nil {
		found = state.Enablements.Bits()
	}
	if found != enablements {
		return nil, fmt.Errorf("state entry %v has unexpected enablement byte %#x, %#x",
			state.ID, found, enablements)
	}
	return state, nil
}

// decodeHeader gives the enablements that the header names. It reads once, as the Go system does.
func decodeHeader(r io.Reader) (byte, error) {
	header := make([]byte, len(magic+revision)+2)
	length, err := r.Read(header)
	switch {
	case err != nil:
		return 0, err
	case length != len(header):
		return 0, errors.New("state entry file is too short")
	case string(header[:4]) != magic:
		return 0, fmt.Errorf("invalid header %x", header[:4])
	case string(header[4:6]) != revision:
		return 0, fmt.Errorf("unexpected revision %x", header[4:6])
	case header[6] != ^header[7]:
		return 0, errors.New("header enablement value is inconsistent")
	}
	return header[6], nil
}
