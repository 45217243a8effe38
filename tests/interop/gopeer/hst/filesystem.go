package hst

import (
	"encoding/gob"
	"os"
)

// FilesystemConfig is one of the mount points below.
type FilesystemConfig interface{ mountPoint() }

// FilesystemConfigJSON holds a mount point; its name is that of the Go system, where it is what JSON
// needs.
type FilesystemConfigJSON struct{ FilesystemConfig }

// FSBind is a path of the host, mounted again.
type FSBind struct {
	Target   *Absolute
	Source   *Absolute
	Write    bool
	Device   bool
	Ensure   bool
	Optional bool
	Special  bool
}

// FSEphemeral is an empty filesystem in memory.
type FSEphemeral struct {
	Target *Absolute
	Write  bool
	Size   int
	Perm   os.FileMode
}

// FSOverlay is directories of the host, one over the other.
type FSOverlay struct {
	Target *Absolute
	Lower  []*Absolute
	Upper  *Absolute
	Work   *Absolute
}

// FSLink is a symbolic link.
type FSLink struct {
	Target      *Absolute
	Linkname    string
	Dereference bool
}

func (*FSBind) mountPoint()      {}
func (*FSEphemeral) mountPoint() {}
func (*FSOverlay) mountPoint()   {}
func (*FSLink) mountPoint()      {}

// The names in the stream are *hst.FSBind and so on: of a pointer, gob takes the short name.
func init() {
	gob.Register(new(FSBind))
	gob.Register(new(FSEphemeral))
	gob.Register(new(FSOverlay))
	gob.Register(new(FSLink))
}
