/** The host, its GPUs and their guests as a picture: values in, SVG or HTML out. */
@NullMarked
package org.novagpubinder.picture;

import org.jspecify.annotations.NullMarked;
