/** Files that commands read and write. */
@NullMarked
package org.novagpubinder.cli.files;

import org.jspecify.annotations.NullMarked;
