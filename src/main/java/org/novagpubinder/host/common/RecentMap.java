package org.novagpubinder.host.common;

import java.util.LinkedHashMap;
import java.util.Map;

/** Maps that forget what was used longest ago, so that what is remembered of domains that come and go has a bound. */
public final class RecentMap {
    private RecentMap() {}

    /** An empty one of at most that many entries; not safe for several threads. */
    public static <K, V> Map<K, V> ofMost(int entries) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > entries;
            }
        };
    }
}
