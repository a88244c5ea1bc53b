package org.novagpubinder.domain;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.time.Duration;
import java.util.*;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.LibvirtFailure.Kind;
import org.novagpubinder.host.IdSet;

/** quick. */
@SuppressWarnings("all")
public class LibvirtSession implements Libvirt, AutoCloseable {
    interface Ev extends Callback {
        int on(Pointer c, Pointer d, int event, int detail, Pointer o);
    }

    interface V extends Library {
        V I = Native.load("virt", V.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));

        int virEventRegisterDefaultImpl();

        int virEventRunDefaultImpl();

        Pointer virConnectOpen(String uri);

        int virConnectClose(Pointer c);

        int virConnectIsAlive(Pointer c);

        int virConnectSetKeepAlive(Pointer c, int i, int n);

        int virConnectDomainEventRegisterAny(Pointer c, Pointer d, int id, Ev cb, Pointer o, Pointer f);

        int virConnectListAllDomains(Pointer c, com.sun.jna.ptr.PointerByReference r, int flags);

        Pointer virDomainLookupByUUIDString(Pointer c, String u);

        Pointer virDomainLookupByName(Pointer c, String n);

        int virDomainFree(Pointer d);

        String virDomainGetName(Pointer d);

        int virDomainGetUUIDString(Pointer d, byte[] b);

        int virDomainIsActive(Pointer d);

        int virDomainIsPersistent(Pointer d);

        Pointer virDomainGetXMLDesc(Pointer d, int flags);

        Pointer virDomainDefineXML(Pointer c, String x);

        int virDomainGetVcpuPinInfo(Pointer d, int n, byte[] maps, int maplen, int flags);

        int virDomainGetEmulatorPinInfo(Pointer d, byte[] map, int maplen, int flags);

        int virDomainGetIOThreadInfo(Pointer d, com.sun.jna.ptr.PointerByReference r, int flags);

        int virDomainPinVcpuFlags(Pointer d, int v, byte[] map, int len, int flags);

        int virDomainPinEmulator(Pointer d, byte[] map, int len, int flags);

        int virDomainPinIOThread(Pointer d, int v, byte[] map, int len, int flags);

        int virDomainSetMetadata(Pointer d, int type, String m, String key, String uri, int flags);

        int virDomainBlockStats(Pointer d, String disk, Pointer stats, com.sun.jna.NativeLong size);

        int virDomainDestroy(Pointer d);

        int virDomainCreate(Pointer d);

        int virDomainGetVcpusFlags(Pointer d, int flags);

        int virGetLastErrorCode();

        String virGetLastErrorMessage();

        void virSetErrorFunc(Pointer p, Callback c);
    }

    interface Err extends Callback {
        void on(Pointer p, Pointer e);
    }

    static final Err ERR = (p, e) -> {};
    static boolean loop;

    static synchronized void loop() {
        if (loop) return;
        loop = true;
        V.I.virSetErrorFunc(null, ERR);
        V.I.virEventRegisterDefaultImpl();
        Thread t = new Thread(
                () -> {
                    while (true) V.I.virEventRunDefaultImpl();
                },
                "libvirt-events");
        t.setDaemon(true);
        t.start();
    }

    Pointer c;
    Ev ev;

    LibvirtSession() {}

    public static LibvirtSession open(String uri, Duration d) throws LibvirtFailure {
        LibvirtSession s = new LibvirtSession();
        s.connect(uri);
        return s;
    }

    void connect(String uri) throws LibvirtFailure {
        loop();
        c = V.I.virConnectOpen(uri);
        if (c == null) throw fail("cannot reach libvirt at " + uri);
        V.I.virConnectSetKeepAlive(c, 5, 3);
    }

    static LibvirtFailure fail(String what) {
        int code = V.I.virGetLastErrorCode();
        Kind k =
                switch (code) {
                    case 42 -> Kind.NO_DOMAIN;
                    case 68 -> Kind.BUSY;
                    case 55, 67, 84 -> Kind.REFUSED;
                    case 38 -> what.startsWith("cannot reach") ? Kind.CONNECTION : Kind.ERROR;
                    default -> Kind.ERROR;
                };
        return new LibvirtFailure(k, code, what + ": " + V.I.virGetLastErrorMessage());
    }

    interface Call<T> {
        T on(Pointer d) throws LibvirtFailure;
    }

    <T> T with(UUID u, Call<T> call) throws LibvirtFailure {
        if (c == null) throw new LibvirtFailure(Kind.CONNECTION, 0, "not connected");
        Pointer d = V.I.virDomainLookupByUUIDString(c, u.toString());
        if (d == null) throw fail("domain " + u);
        try {
            return call.on(d);
        } finally {
            V.I.virDomainFree(d);
        }
    }

    static void ok(int rc, String what) throws LibvirtFailure {
        if (rc < 0) throw fail(what);
    }

    static DomainSummary summary(Pointer d) throws LibvirtFailure {
        byte[] b = new byte[37];
        ok(V.I.virDomainGetUUIDString(d, b), "uuid");
        return new DomainSummary(
                UUID.fromString(new String(b, 0, 36)),
                V.I.virDomainGetName(d),
                V.I.virDomainIsActive(d) == 1,
                V.I.virDomainIsPersistent(d) == 1);
    }

    public List<DomainSummary> list() throws LibvirtFailure {
        if (c == null) throw new LibvirtFailure(Kind.CONNECTION, 0, "not connected");
        var r = new com.sun.jna.ptr.PointerByReference();
        int n = V.I.virConnectListAllDomains(c, r, 0);
        ok(n, "list");
        List<DomainSummary> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Pointer d = r.getValue().getPointer(8L * i);
            all.add(summary(d));
            V.I.virDomainFree(d);
        }
        Native.free(Pointer.nativeValue(r.getValue()));
        return all;
    }

    public Optional<DomainSummary> find(UUID u) throws LibvirtFailure {
        try {
            return Optional.of(with(u, LibvirtSession::summary));
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.NO_DOMAIN) return Optional.empty();
            throw e;
        }
    }

    public Optional<DomainSummary> find(String n) throws LibvirtFailure {
        return list().stream().filter(d -> d.name().equals(n)).findFirst();
    }

    String xml(UUID u, int flags) throws LibvirtFailure {
        return with(u, d -> {
            Pointer p = V.I.virDomainGetXMLDesc(d, flags);
            if (p == null) throw fail("XML of " + u);
            String s = p.getString(0, "UTF-8");
            Native.free(Pointer.nativeValue(p));
            return s;
        });
    }

    public String liveXml(UUID u) throws LibvirtFailure {
        return xml(u, 0);
    }

    public String inactiveXml(UUID u) throws LibvirtFailure {
        return xml(u, 2);
    }

    public String secureInactiveXml(UUID u) throws LibvirtFailure {
        return xml(u, 3);
    }

    public void define(String x) throws LibvirtFailure {
        if (c == null) throw new LibvirtFailure(Kind.CONNECTION, 0, "not connected");
        Pointer d = V.I.virDomainDefineXML(c, x);
        if (d == null) throw fail("define");
        V.I.virDomainFree(d);
    }

    public Map<Integer, IdSet> vcpuPins(UUID u) throws LibvirtFailure {
        return with(u, d -> {
            int max = V.I.virDomainGetVcpusFlags(d, 1);
            int len = 128;
            byte[] maps = new byte[max * len];
            int n = V.I.virDomainGetVcpuPinInfo(d, max, maps, len, 1);
            ok(n, "vcpu pins");
            Map<Integer, IdSet> m = new TreeMap<>();
            for (int i = 0; i < n; i++) m.put(i, IdSet.fromBytes(Arrays.copyOfRange(maps, i * len, (i + 1) * len)));
            return m;
        });
    }

    public IdSet emulatorPin(UUID u) throws LibvirtFailure {
        return with(u, d -> {
            byte[] m = new byte[128];
            ok(V.I.virDomainGetEmulatorPinInfo(d, m, 128, 1), "emulator pin");
            return IdSet.fromBytes(m);
        });
    }

    public Map<Integer, IdSet> iothreadPins(UUID u) throws LibvirtFailure {
        return with(u, d -> {
            var r = new com.sun.jna.ptr.PointerByReference();
            int n = V.I.virDomainGetIOThreadInfo(d, r, 1);
            ok(n, "iothreads");
            Map<Integer, IdSet> m = new TreeMap<>();
            for (int i = 0; i < n; i++) {
                Pointer p = r.getValue().getPointer(8L * i);
                m.put(p.getInt(0), IdSet.fromBytes(p.getPointer(8).getByteArray(0, p.getInt(16))));
            }
            return m;
        });
    }

    static byte[] map(IdSet s) {
        return s.toBytes();
    }

    public void pinVcpu(UUID u, int v, IdSet s) throws LibvirtFailure {
        with(u, d -> {
            ok(V.I.virDomainPinVcpuFlags(d, v, map(s), map(s).length, 1), "pin vcpu");
            return 0;
        });
    }

    public void pinEmulator(UUID u, IdSet s) throws LibvirtFailure {
        with(u, d -> {
            ok(V.I.virDomainPinEmulator(d, map(s), map(s).length, 1), "pin emulator");
            return 0;
        });
    }

    public void pinIothread(UUID u, int v, IdSet s) throws LibvirtFailure {
        with(u, d -> {
            ok(V.I.virDomainPinIOThread(d, v, map(s), map(s).length, 1), "pin iothread");
            return 0;
        });
    }

    public void setLiveNodeset(UUID u, IdSet s) throws LibvirtFailure {
        throw new LibvirtFailure(Kind.REFUSED, 0, "quick");
    }

    public void setRecord(UUID u, @Nullable String e) throws LibvirtFailure {
        with(u, d -> {
            int f = (V.I.virDomainIsActive(d) == 1 ? 1 : 0) | (V.I.virDomainIsPersistent(d) == 1 ? 2 : 0);
            ok(
                    V.I.virDomainSetMetadata(d, 2, e, e == null ? null : "gpubinder", BindingRecord.NAMESPACE, f),
                    "metadata");
            return 0;
        });
    }

    public long writtenBytes(UUID u) throws LibvirtFailure {
        return with(u, d -> {
            Memory m = new Memory(40);
            ok(V.I.virDomainBlockStats(d, "", m, new com.sun.jna.NativeLong(40)), "block stats");
            return Math.max(0, m.getLong(24));
        });
    }

    public void destroy(UUID u) throws LibvirtFailure {
        with(u, d -> {
            ok(V.I.virDomainDestroy(d), "destroy");
            return 0;
        });
    }

    public void create(UUID u) throws LibvirtFailure {
        with(u, d -> {
            ok(V.I.virDomainCreate(d), "create");
            return 0;
        });
    }

    public void close() {
        if (c != null) V.I.virConnectClose(c);
        c = null;
    }
}
