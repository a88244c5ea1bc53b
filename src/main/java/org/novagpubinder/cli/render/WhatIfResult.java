package org.novagpubinder.cli.render;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.placement.whatif.GuestTemplate;
import org.novagpubinder.placement.whatif.WhatIfAnswer;

/**
 * What {@code plan --what-if} tells.
 *
 * @param like the domain that the guests are like; null if only their size was given
 * @param template the guests
 * @param answer how many fit where
 * @param notes what was counted, and what not
 */
public record WhatIfResult(@Nullable String like, GuestTemplate template, WhatIfAnswer answer, List<String> notes) {
    public WhatIfResult {
        notes = List.copyOf(notes);
    }
}
