/** Nova's notifications: the subscription on RabbitMQ and the decoding into {@link org.novagpubinder.notification.InstanceEvent}. */
@NullMarked
package org.novagpubinder.notification;

import org.jspecify.annotations.NullMarked;
