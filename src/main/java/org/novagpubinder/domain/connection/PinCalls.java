package org.novagpubinder.domain.connection;

import static org.novagpubinder.domain.connection.VirExtra.AFFECT_LIVE;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.topology.IdSet;

/** Pins of a running domain: CPU maps of one bit a CPU, lowest first. */
final class PinCalls {
    private PinCalls() {}

    static Map<Integer, IdSet> vcpus(LibvirtDomain d) throws LibvirtFailure {
        VirExtra extra = d.library().extra();
        int count = d.check(
                "cannot count the vCPUs",
                extra.virDomainGetVcpusFlags(d.pointer(), AFFECT_LIVE | VirExtra.VCPU_MAXIMUM));
        int length = mapLength(d);
        byte[] maps = new byte[count * length];
        int got = d.check(
                "cannot read the vCPUs' pins",
                extra.virDomainGetVcpuPinInfo(d.pointer(), count, maps, length, AFFECT_LIVE));
        Map<Integer, IdSet> pins = new TreeMap<>();
        for (int i = 0; i < Math.min(got, count); i++) {
            IdSet cpus = IdSet.fromBytes(Arrays.copyOfRange(maps, i * length, (i + 1) * length));
            // libvirt leaves the map of a vCPU that is not plugged in empty
            if (!cpus.isEmpty()) {
                pins.put(i, cpus);
            }
        }
        return pins;
    }

    static IdSet emulator(LibvirtDomain d) throws LibvirtFailure {
        byte[] map = new byte[mapLength(d)];
        d.check(
                "cannot read the emulator's pin",
                d.library().extra().virDomainGetEmulatorPinInfo(d.pointer(), map, map.length, AFFECT_LIVE));
        return IdSet.fromBytes(map);
    }

    static Map<Integer, IdSet> iothreads(LibvirtDomain d) throws LibvirtFailure {
        VirExtra extra = d.library().extra();
        PointerByReference array = new PointerByReference();
        int count = d.check(
                "cannot read the iothreads' pins", extra.virDomainGetIOThreadInfo(d.pointer(), array, AFFECT_LIVE));
        Map<Integer, IdSet> pins = new TreeMap<>();
        Pointer infos = array.getValue();
        for (int i = 0; i < count; i++) {
            // struct { unsigned int iothread_id; unsigned char *cpumap; int cpumaplen; }
            Pointer info = infos.getPointer((long) i * Native.POINTER_SIZE);
            Pointer map = info.getPointer(Native.POINTER_SIZE);
            int length = info.getInt(2L * Native.POINTER_SIZE);
            pins.put(info.getInt(0), IdSet.fromBytes(map.getByteArray(0, length)));
            extra.virDomainIOThreadInfoFree(info);
        }
        if (infos != null) {
            Native.free(Pointer.nativeValue(infos));
        }
        return pins;
    }

    static int pinVcpu(LibvirtDomain d, int vcpu, IdSet cpus) throws LibvirtFailure {
        byte[] map = map(d, cpus);
        return d.check(
                "cannot pin vCPU " + vcpu + " to " + cpus,
                d.library().extra().virDomainPinVcpuFlags(d.pointer(), vcpu, map, map.length, AFFECT_LIVE));
    }

    static int pinEmulator(LibvirtDomain d, IdSet cpus) throws LibvirtFailure {
        byte[] map = map(d, cpus);
        return d.check(
                "cannot pin the emulator to " + cpus,
                d.library().extra().virDomainPinEmulator(d.pointer(), map, map.length, AFFECT_LIVE));
    }

    static int pinIothread(LibvirtDomain d, int iothread, IdSet cpus) throws LibvirtFailure {
        byte[] map = map(d, cpus);
        return d.check(
                "cannot pin iothread " + iothread + " to " + cpus,
                d.library().extra().virDomainPinIOThread(d.pointer(), iothread, map, map.length, AFFECT_LIVE));
    }

    private static byte[] map(LibvirtDomain d, IdSet cpus) throws LibvirtFailure {
        if (cpus.isEmpty()) {
            throw d.refused("cannot pin", "no CPUs to pin to");
        }
        return cpus.toBytes();
    }

    private static int mapLength(LibvirtDomain d) throws LibvirtFailure {
        return d.check("cannot count the host's CPUs", d.session().cpuMapBytes());
    }
}
