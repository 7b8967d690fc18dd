"""Hand a text over to other programs by the clipboard."""

from __future__ import annotations

import shutil
import subprocess

_PROGRAMS = (("wl-copy",), ("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input"), ("pbcopy",),
             ("clip.exe",))  # fmt: skip


def copy_to_clipboard(text: str) -> bool:
    """Put a text on the clipboard; False where no clipboard program is at hand."""
    for command in _PROGRAMS:
        if shutil.which(command[0]):
            try:
                subprocess.run(command, input=text.encode(), check=True, timeout=5,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
                return True
            except (OSError, subprocess.SubprocessError):
                continue
    return False
