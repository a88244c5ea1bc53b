/** The record that a bound domain carries in its metadata. */
@NullMarked
package org.novagpubinder.domain.record;

import org.jspecify.annotations.NullMarked;
