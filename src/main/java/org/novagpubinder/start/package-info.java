/** Whether a start of a guest can be repeated and gives the same guest: all that it needs is looked for, now. */
@NullMarked
package org.novagpubinder.start;

import org.jspecify.annotations.NullMarked;
