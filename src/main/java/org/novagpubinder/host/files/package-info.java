/** The host's files, below any root. */
@NullMarked
package org.novagpubinder.host.files;

import org.jspecify.annotations.NullMarked;
