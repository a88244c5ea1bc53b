/** Decodes the bodies of Nova's notifications, versioned and unversioned, into one value. */
@NullMarked
package org.novagpubinder.notification.decode;

import org.jspecify.annotations.NullMarked;
