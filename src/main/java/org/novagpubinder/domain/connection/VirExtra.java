package org.novagpubinder.domain.connection;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;

/**
 * Functions of libvirt.so that libvirt-java does not have, or has only with strings in the locale's encoding, or only
 * wrapped in objects with finalizers that call libvirt. Names and meaning are libvirt's (libvirt-domain.h); loaded with
 * UTF-8 for strings.
 */
interface VirExtra extends Library {
    int AFFECT_LIVE = 1;
    int AFFECT_CONFIG = 2;
    int VCPU_MAXIMUM = 4;
    int XML_SECURE = 1;
    int XML_INACTIVE = 2;
    int LIST_ACTIVE = 1;
    int LIST_TRANSIENT = 8;
    int METADATA_ELEMENT = 2;
    int EVENT_LIFECYCLE = 0;
    int STATE_SHUTOFF = 5;
    int SHUTOFF_UNKNOWN = 0;
    int SHUTOFF_SHUTDOWN = 1;
    int SHUTOFF_MIGRATED = 4;
    int SHUTOFF_SAVED = 5;
    int UNDEFINE_KEEP_NVRAM = 8;
    int STATS_STATE = 1;
    int STATS_INTERFACE = 16;
    int STATS_BLOCK = 32;

    int virGetLastErrorCode();

    String virGetLastErrorMessage();

    int virNodeGetCPUMap(ConnectionPointer connection, @Nullable Pointer map, @Nullable Pointer online, int flags);

    /** The string has to be freed. */
    @Nullable
    Pointer virConnectGetDomainCapabilities(
            ConnectionPointer connection,
            @Nullable String emulator,
            @Nullable String arch,
            @Nullable String machine,
            @Nullable String type,
            int flags);

    int virConnectListAllDomains(ConnectionPointer connection, PointerByReference domains, int flags);

    @Nullable
    DomainPointer virDomainLookupByUUIDString(ConnectionPointer connection, String uuid);

    @Nullable
    DomainPointer virDomainLookupByName(ConnectionPointer connection, String name);

    int virDomainRef(DomainPointer domain);

    @Nullable
    DomainPointer virDomainDefineXML(ConnectionPointer connection, String xml);

    @Nullable
    String virDomainGetName(DomainPointer domain);

    /** The string has to be freed. */
    @Nullable
    Pointer virDomainGetXMLDesc(DomainPointer domain, int flags);

    int virDomainUndefineFlags(DomainPointer domain, int flags);

    int virDomainGetVcpusFlags(DomainPointer domain, int flags);

    int virDomainGetVcpuPinInfo(DomainPointer domain, int count, byte[] maps, int mapLength, int flags);

    int virDomainPinVcpuFlags(DomainPointer domain, int vcpu, byte[] map, int mapLength, int flags);

    int virDomainGetEmulatorPinInfo(DomainPointer domain, byte[] map, int mapLength, int flags);

    int virDomainPinEmulator(DomainPointer domain, byte[] map, int mapLength, int flags);

    int virDomainGetIOThreadInfo(DomainPointer domain, PointerByReference info, int flags);

    void virDomainIOThreadInfoFree(Pointer info);

    int virDomainPinIOThread(DomainPointer domain, int iothread, byte[] map, int mapLength, int flags);

    int virTypedParamsAddInt(
            PointerByReference params, IntByReference count, IntByReference capacity, String name, int value);

    int virTypedParamsAddString(
            PointerByReference params, IntByReference count, IntByReference capacity, String name, String value);

    void virTypedParamsFree(@Nullable Pointer params, int count);

    int virDomainSetNumaParameters(DomainPointer domain, Pointer params, int count, int flags);

    int virDomainSetMetadata(
            DomainPointer domain, int type, @Nullable String metadata, @Nullable String key, String uri, int flags);

    int virDomainGetState(DomainPointer domain, IntByReference state, @Nullable IntByReference reason, int flags);

    /** The domains end with a null. */
    int virDomainListGetStats(Pointer domains, int stats, PointerByReference records, int flags);

    void virDomainStatsRecordListFree(Pointer records);

    /** struct _virDomainJobInfo begins with the type. */
    int virDomainGetJobInfo(DomainPointer domain, Pointer info);

    /** 1 if the disk has a block job, 0 if it has none. */
    int virDomainGetBlockJobInfo(DomainPointer domain, String disk, Pointer info, int flags);

    int virDomainHasManagedSaveImage(DomainPointer domain, int flags);

    @Nullable
    Pointer virSecretLookupByUUIDString(ConnectionPointer connection, String uuid);

    @Nullable
    Pointer virSecretLookupByUsage(ConnectionPointer connection, int type, String usage);

    int virSecretFree(Pointer secret);

    @Nullable
    Pointer virNetworkLookupByName(ConnectionPointer connection, String name);

    int virNetworkIsActive(Pointer network);

    int virNetworkFree(Pointer network);

    @Nullable
    Pointer virStoragePoolLookupByName(ConnectionPointer connection, String name);

    int virStoragePoolIsActive(Pointer pool);

    int virStoragePoolFree(Pointer pool);

    @Nullable
    Pointer virStorageVolLookupByName(Pointer pool, String name);

    int virStorageVolFree(Pointer volume);
}
