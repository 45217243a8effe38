package random

import (
	"os"

	"gopeer/hst"
)

// mount is any of the four, valid or not.
func (s Source) mount() hst.FilesystemConfigJSON {
	mounts := []func() hst.FilesystemConfig{s.bind, s.ephemeral, s.overlay, s.link}
	return hst.FilesystemConfigJSON{FilesystemConfig: mounts[s.Intn(len(mounts))]()}
}

func (s Source) bind() hst.FilesystemConfig {
	if s.rarely() {
		return new(hst.FSBind)
	}
	return &hst.FSBind{
		Target:   s.path(),
		Source:   s.path(),
		Write:    s.bool(),
		Device:   s.bool(),
		Ensure:   s.bool(),
		Optional: s.bool(),
		Special:  s.bool(),
	}
}

func (s Source) ephemeral() hst.FilesystemConfig {
	perm := os.FileMode(s.unsigned())
	return &hst.FSEphemeral{Target: s.path(), Write: s.bool(), Size: int(s.integer()), Perm: perm}
}

// overlay has no unset path among its lower ones, which gob cannot write.
func (s Source) overlay() hst.FilesystemConfig {
	lower := list(s, s.somePath)
	return &hst.FSOverlay{Target: s.path(), Lower: lower, Upper: s.path(), Work: s.path()}
}

func (s Source) link() hst.FilesystemConfig {
	return &hst.FSLink{Target: s.path(), Linkname: s.text(), Dereference: s.bool()}
}
