/** What systemd and journald are told: sd_notify, the status line, entries with fields. */
@NullMarked
package org.novagpubinder.observability.systemd;

import org.jspecify.annotations.NullMarked;
