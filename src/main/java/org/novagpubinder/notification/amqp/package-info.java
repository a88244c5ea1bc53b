/** Connections to RabbitMQ: TLS, why one cannot be made, and a limit on the size of messages. */
@NullMarked
package org.novagpubinder.notification.amqp;

import org.jspecify.annotations.NullMarked;
