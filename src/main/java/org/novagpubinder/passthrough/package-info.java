/** The PCI devices that a guest was given: how far they are from each other, and what its libraries may be told of it. */
@NullMarked
package org.novagpubinder.passthrough;

import org.jspecify.annotations.NullMarked;
