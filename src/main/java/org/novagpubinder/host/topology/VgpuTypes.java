package org.novagpubinder.host.topology;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which vGPUs the host's drivers would still make.
 *
 * @param mdev by PCI function and name of a type: what can still be created, and what the whole card can have
 * @param functions virtual functions that become vGPUs without an mdev, and what each is or may become
 */
public record VgpuTypes(Map<PciAddress, Map<String, Room>> mdev, Map<PciAddress, Function> functions) {
    /**
     * Of one type on one function.
     *
     * @param available how many more can be created
     * @param most how many of it the card can have; null if the driver does not tell
     */
    public record Room(int available, @Nullable Integer most) {}

    /**
     * A virtual function.
     *
     * @param current the type that it has; 0 for none
     * @param creatable the types that it may get
     */
    public record Function(int current, Set<Integer> creatable) {
        public Function {
            creatable = Set.copyOf(creatable);
        }
    }

    public VgpuTypes {
        mdev = Map.copyOf(mdev);
        functions = Map.copyOf(functions);
    }

    /** How many more vGPUs of the type can be created, by function; empty if no function knows the type. */
    public Map<PciAddress, Room> of(String type) {
        Map<PciAddress, Room> rooms = new HashMap<>();
        mdev.forEach((address, types) -> {
            Room room = types.get(type);
            if (room != null) {
                rooms.put(address, room);
            }
        });
        return rooms;
    }

    /** Whether a guest could still have that virtual function; of the type, if one is named. */
    public boolean mayHave(PciAddress function, OptionalInt type) {
        Function f = functions.get(function);
        if (f == null) {
            return true;
        }
        boolean made = f.current() != 0 && (type.isEmpty() || type.getAsInt() == f.current());
        boolean makeable = f.current() == 0
                && (type.isEmpty() ? !f.creatable().isEmpty() : f.creatable().contains(type.getAsInt()));
        return made || makeable;
    }
}
