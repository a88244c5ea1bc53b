/** What an operator and systemd see: sd_notify, health, metrics. */
@NullMarked
package org.novagpubinder.observability;

import org.jspecify.annotations.NullMarked;
