/** The host, its GPUs and their guests as SVG; pure. */
@NullMarked
package org.novagpubinder.picture.svg;

import org.jspecify.annotations.NullMarked;
