package org.novagpubinder.binding.nova;

import java.util.Optional;
import org.novagpubinder.placement.model.Reason;

/** Whether Nova may have begun something that was not heard of yet. */
@FunctionalInterface
public interface NovaQueue {
    /**
     * Reads Nova's messages to their end; after that {@link NovaTasks} knows what Nova had begun when this was asked. Takes a
     * second at most.
     *
     * @return why what Nova does is not known; empty if all was read
     */
    Optional<Reason> unread();
}
