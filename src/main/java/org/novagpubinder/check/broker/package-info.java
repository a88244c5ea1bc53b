/** Checks of RabbitMQ, and of what Nova sends over it. */
@NullMarked
package org.novagpubinder.check.broker;

import org.jspecify.annotations.NullMarked;
