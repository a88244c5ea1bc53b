/** What a host's guests use of its nodes and GPUs, and what is left: for people and metrics, not for plans. */
@NullMarked
package org.novagpubinder.placement.load;

import org.jspecify.annotations.NullMarked;
