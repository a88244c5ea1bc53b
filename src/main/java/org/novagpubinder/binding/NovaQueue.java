package org.novagpubinder.binding;

import java.util.Optional;
import org.novagpubinder.placement.Reason;

/** What Nova has sent that has not been heard yet. */
@FunctionalInterface
interface NovaQueue {
    /** Why it is not known what Nova has begun; empty if all that it has sent until now is heard. */
    Optional<Reason> unread();
}
