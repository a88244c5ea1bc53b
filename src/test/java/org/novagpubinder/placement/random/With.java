package org.novagpubinder.placement.random;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Copies of records with one component changed. */
public final class With {
    private With() {}

    /** The record with another value of the component of that name. */
    public static <R extends Record> R with(R record, String component, @Nullable Object value) {
        RecordComponent[] all = record.getClass().getRecordComponents();
        if (Arrays.stream(all).noneMatch(c -> c.getName().equals(component))) {
            throw new IllegalArgumentException(record.getClass() + " has no " + component);
        }
        Object[] values = Arrays.stream(all)
                .map(c -> c.getName().equals(component) ? value : value(record, c))
                .toArray();
        Class<?>[] types = Arrays.stream(all).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            var constructor = record.getClass().getDeclaredConstructor(types);
            constructor.setAccessible(true);
            @SuppressWarnings("unchecked")
            R copy = (R) constructor.newInstance(values);
            return copy;
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot copy " + record + " with " + component + " " + value, e);
        }
    }

    /** The value of a component. */
    static @Nullable Object value(Record record, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot read " + component + " of " + record, e);
        }
    }
}
