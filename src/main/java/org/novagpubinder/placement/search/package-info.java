/** The search for the best set of nodes: what is possible, in which order it is preferred, and why the rest lost. */
@NullMarked
package org.novagpubinder.placement.search;

import org.jspecify.annotations.NullMarked;
