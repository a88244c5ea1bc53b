/* Yardstick: what a define between Nova's define and Nova's start takes at least. early URI: at each Defined event of a domain
 * it fetches the definition, puts pins and a mark into it, defines it, and prints the times from the event's arrival, in us:
 * until the XML was there, until the define was sent, until it was answered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bare.h"

typedef int (*callback)(virConnectPtr c, virDomainPtr d, int event, int detail, void *nothing);
enum { VIR_DOMAIN_EVENT_ID_LIFECYCLE = 0, VIR_DOMAIN_EVENT_DEFINED = 0 };
int virEventRegisterDefaultImpl(void);
int virEventRunDefaultImpl(void);
int virConnectDomainEventRegisterAny(virConnectPtr c, virDomainPtr d, int id, callback call, void *data, void *freed);

#define MARK "<b:early xmlns:b='urn:bench'/>"

static int defined(virConnectPtr c, virDomainPtr d, int event, int detail, void *nothing)
{
    double began = now();
    (void)detail;
    (void)nothing;
    if (event != VIR_DOMAIN_EVENT_DEFINED) return 0;
    char *xml = virDomainGetXMLDesc(d, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE);
    double fetched = now();
    /* our own define comes as an event, too */
    if (xml && !strstr(xml, "urn:bench")) {
        char *text = malloc(strlen(xml) + 4096), *to = text;
        const char *metadata = strstr(xml, "<metadata>") + 10, *vcpu = strstr(xml, "</vcpu>") + 7, *at = vcpu - 7;
        while (at[-1] != '>') at--;
        int n = atoi(at);
        to += sprintf(to, "%.*s" MARK "%.*s<cputune>", (int)(metadata - xml), xml, (int)(vcpu - metadata), metadata);
        for (int i = 0; i < n; i++) to += sprintf(to, "<vcpupin vcpu='%d' cpuset='0'/>", i);
        sprintf(to, "<emulatorpin cpuset='0'/></cputune>%s", vcpu);
        double sent = now();
        virDomainPtr made = virDomainDefineXML(c, text);
        double answered = now();
        printf("%.1f %.1f %.1f%s\n", fetched - began, sent - began, answered - began, made ? "" : " failed");
        fflush(stdout);
        if (made) virDomainFree(made);
        free(text);
    }
    free(xml);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2 || virEventRegisterDefaultImpl() < 0) return 1;
    virConnectPtr c = virConnectOpen(argv[1]);
    if (!c || virConnectDomainEventRegisterAny(c, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE, defined, NULL, NULL) < 0) return 1;
    puts("ready");
    fflush(stdout);
    while (virEventRunDefaultImpl() == 0) {}
    return 0;
}
