/** The subscription to Nova's notifications: its queues, what becomes of a message, and how it comes back when a broker fails. */
@NullMarked
package org.novagpubinder.notification;

import org.jspecify.annotations.NullMarked;
