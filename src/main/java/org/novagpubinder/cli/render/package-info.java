/** What commands print, for people and as JSON; pure. */
@NullMarked
package org.novagpubinder.cli.render;

import org.jspecify.annotations.NullMarked;
