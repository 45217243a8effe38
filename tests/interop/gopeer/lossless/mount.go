package lossless

import "gopeer/hst"

type bind struct {
	Type     string `json:"type"`
	Target   text   `json:"target"`
	Source   text   `json:"source"`
	Write    bool   `json:"write"`
	Device   bool   `json:"device"`
	Ensure   bool   `json:"ensure"`
	Optional bool   `json:"optional"`
	Special  bool   `json:"special"`
}

type ephemeral struct {
	Type   string `json:"type"`
	Target text   `json:"target"`
	Write  bool   `json:"write"`
	Size   int    `json:"size"`
	Perm   uint32 `json:"perm"`
}

type overlay struct {
	Type   string `json:"type"`
	Target text   `json:"target"`
	Lower  []text `json:"lower"`
	Upper  text   `json:"upper"`
	Work   text   `json:"work"`
}

type link struct {
	Type        string `json:"type"`
	Target      text   `json:"target"`
	Linkname    text   `json:"linkname"`
	Dereference bool   `json:"dereference"`
}

// mountOf is nil for a mount point that is none.
func mountOf(f hst.FilesystemConfigJSON) any {
	switch m := f.FilesystemConfig.(type) {
	case *hst.FSBind:
		return bind{"bind", path(m.Target), path(m.Source),
			m.Write, m.Device, m.Ensure, m.Optional, m.Special}
	case *hst.FSEphemeral:
		return ephemeral{"ephemeral", path(m.Target), m.Write, m.Size, uint32(m.Perm)}
	case *hst.FSOverlay:
		return overlay{"overlay", path(m.Target), list(m.Lower, path), path(m.Upper), path(m.Work)}
	case *hst.FSLink:
		return link{"link", path(m.Target), text(m.Linkname), m.Dereference}
	}
	return nil
}
