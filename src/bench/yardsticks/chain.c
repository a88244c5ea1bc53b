/* Yardstick: the bare libvirt calls of one binding, in one process with one connection. chain URI naive|minimal: reads domain
 * names, makes the calls for each and prints what they took, in us. naive: each pin to the guest and to its definition, then
 * the record; minimal: the pins to the guest, and one define. The record is written by the define or as metadata. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bare.h"

enum { VIR_DOMAIN_AFFECT_LIVE = 1, VIR_DOMAIN_AFFECT_CONFIG = 2 };
enum { VIR_DOMAIN_METADATA_ELEMENT = 2 };
virDomainPtr virDomainLookupByName(virConnectPtr c, const char *name);
int virDomainPinVcpuFlags(virDomainPtr d, unsigned int vcpu, unsigned char *cpus, int length, unsigned int flags);
int virDomainPinEmulator(virDomainPtr d, unsigned char *cpus, int length, unsigned int flags);
int virDomainSetMetadata(virDomainPtr d, int type, const char *metadata, const char *key, const char *uri, unsigned int flags);

#define RECORD "<b:binding xmlns:b='urn:bench'>bound</b:binding>"

static int vcpus(const char *xml)
{
    const char *at = strstr(xml, "</vcpu>");
    while (at > xml && at[-1] != '>') at--;
    return atoi(at);
}

/* the definition with pins of all its vCPUs */
static char *pinned(const char *xml, int n)
{
    char *text = malloc(strlen(xml) + n * 48 + 256), *to = text;
    const char *vcpu = strstr(xml, "</vcpu>") + 7, *end = strstr(xml, "</domain>");
    to += sprintf(to, "%.*s<cputune>", (int)(vcpu - xml), xml);
    for (int i = 0; i < n; i++) to += sprintf(to, "<vcpupin vcpu='%d' cpuset='0'/>", i);
    to += sprintf(to, "<emulatorpin cpuset='0'/></cputune>%.*s<metadata>%s</metadata></domain>", (int)(end - vcpu), vcpu, RECORD);
    return text;
}

int main(int argc, char **argv)
{
    virConnectPtr c = virConnectOpen(argv[1]);
    int minimal = argc > 2 && !strcmp(argv[2], "minimal");
    unsigned char node0 = 1;
    char name[200];
    if (!c) return 1;
    puts("ready");
    fflush(stdout);
    while (scanf("%199s", name) == 1) {
        double began = now();
        int bad = 0;
        virDomainPtr d = virDomainLookupByName(c, name);
        char *live = d ? virDomainGetXMLDesc(d, VIR_DOMAIN_XML_SECURE) : NULL;
        if (!live) return 2;
        int n = vcpus(live), flags = minimal ? VIR_DOMAIN_AFFECT_LIVE : VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG;
        for (int i = 0; i < n; i++) bad |= virDomainPinVcpuFlags(d, i, &node0, 1, flags);
        bad |= virDomainPinEmulator(d, &node0, 1, flags);
        if (minimal) {
            char *stored = virDomainGetXMLDesc(d, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE), *text = pinned(stored, n);
            virDomainPtr made = virDomainDefineXML(c, text);
            bad |= made == NULL;
            if (made) virDomainFree(made);
            free(stored);
            free(text);
        } else {
            bad |= virDomainSetMetadata(d, VIR_DOMAIN_METADATA_ELEMENT, "<binding>bound</binding>", "b", "urn:bench", VIR_DOMAIN_AFFECT_CONFIG);
        }
        free(virDomainGetXMLDesc(d, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE));
        virDomainFree(d);
        free(live);
        printf("%.1f%s\n", now() - began, bad ? " failed" : "");
        fflush(stdout);
    }
    return 0;
}
