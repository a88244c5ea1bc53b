package org.novagpubinder.picture.page;

import static org.novagpubinder.picture.svg.Markup.escaped;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.host.common.OwnVersion;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.picture.svg.AlignmentState;
import org.novagpubinder.picture.svg.HostParts;
import org.novagpubinder.picture.svg.HostPicture;
import org.novagpubinder.picture.svg.HostSvg;
import org.novagpubinder.picture.svg.LineKey;
import org.novagpubinder.picture.svg.Palette;

/**
 * A host as a page that is only read: its picture, its GPU guests, the last decisions, the connections. One document that
 * loads nothing, needs no script, and is reloaded by the browser each half minute.
 */
public final class HtmlPage {
    /** Value of the header {@code Content-Security-Policy} that goes with the page. */
    public static final String CONTENT_SECURITY_POLICY = PageStyle.POLICY;

    /** How often the browser asks again, s. */
    static final int RELOAD = 30;

    /** The same as long as nothing is known yet. */
    static final int RELOAD_SOON = 3;

    private final HostPicture picture;
    private final StringBuilder out = new StringBuilder(32_768);

    private HtmlPage(HostPicture picture) {
        this.picture = picture;
    }

    /** The document; UTF-8 when it is sent. */
    public static String render(HostPicture picture) {
        return new HtmlPage(picture).page();
    }

    private String page() {
        out.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(escaped(title()))
                .append("</title><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
                .append(
                        "<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"referrer\" content=\"no-referrer\">")
                .append("<meta http-equiv=\"refresh\" content=\"" + (nothingYet() ? RELOAD_SOON : RELOAD)
                        + "\"><style>")
                .append(PageStyle.TEXT)
                .append("</style></head>\n<body>\n");
        head();
        if (!nothingYet()) {
            lines();
            out.append(
                            "<p class=\"dim swipe\">The picture is wider than this screen: swipe it sideways.</p>\n<figure tabindex=\"0\">")
                    .append(HostSvg.part(picture))
                    .append("</figure>\n");
        }
        guests();
        decisions();
        connections();
        out.append("<footer>nova-gpu-binder ")
                .append(escaped(OwnVersion.word()))
                .append(
                        ": this page changes nothing and is loaded again every " + RELOAD
                                + " s. Besides it there are <a href=\"/metrics\">metrics</a> and <a href=\"/health\">health</a>.</footer>\n</body></html>\n");
        return out.toString();
    }

    private boolean nothingYet() {
        return picture.topology().nodes().isEmpty();
    }

    /** What a tab shows: the worst of it first. */
    private String title() {
        long away = picture.guests().stream()
                .map(g -> AlignmentState.of(g.outcome()))
                .filter(s -> s == AlignmentState.AWAY || s == AlignmentState.BROKEN)
                .count();
        return (away == 0 ? "" : "(" + away + ") ") + picture.host() + ": GPU guests";
    }

    private void head() {
        out.append("<header><h1><bdi>")
                .append(escaped(picture.host()))
                .append("</bdi></h1>\n<p class=\"dim\">")
                .append(new HostParts(picture.topology()).summary());
        if (picture.trouble() == null) {
            out.append(", ").append(Quantity.counted(picture.guests().size(), "GPU guest"));
        }
        out.append("; as it was at ").append(HostSvg.time(picture)).append("</p>\n");
        if (picture.trouble() != null) {
            out.append("<p class=\"trouble\">")
                    .append(escaped(picture.trouble()))
                    .append("</p>\n");
        }
        Map<AlignmentState, Long> counts = HostSvg.counts(picture.guests());
        if (!counts.isEmpty()) {
            out.append("<ul class=\"counts\">");
            counts.forEach((standing, count) -> out.append("<li>")
                    .append(sign(standing))
                    .append(count)
                    .append(' ')
                    .append(standing.meaning)
                    .append("</li>"));
            out.append("</ul>");
        }
        out.append("</header>\n");
    }

    /** The sign of a standing, as the picture has it; the word stands beside it. */
    static String sign(AlignmentState standing) {
        return "<svg class=\"pic sign\" viewBox=\"-9 -9 18 18\" aria-hidden=\"true\">"
                + standing.sign(0, 0, Palette.BACK) + "</svg>";
    }

    private void lines() {
        List<LineKey> keys = LineKey.of(picture);
        if (keys.isEmpty()) {
            return;
        }
        out.append("<ul class=\"counts key\"><li class=\"dim\">" + LineKey.LEAD + "</li>");
        keys.forEach(key -> out.append("<li><svg class=\"pic\" viewBox=\"0 " + -LineKey.HEIGHT / 2 + " " + LineKey.WIDTH
                        + " " + LineKey.HEIGHT + "\" aria-hidden=\"true\">")
                .append(key.sample())
                .append("</svg><span>")
                .append(key.meaning())
                .append("</span></li>"));
        out.append("</ul>\n");
    }

    private void guests() {
        out.append("<h2>GPU guests</h2>\n");
        if (picture.guests().isEmpty()) {
            out.append("<p class=\"dim\">")
                    .append(picture.trouble() == null ? "No domain on this host has a GPU." : "Not known.")
                    .append("</p>\n");
            return;
        }
        out.append("<p class=\"dim small\">Memory: green is beside the GPU, red elsewhere.")
                .append(
                        picture.histories().isEmpty()
                                ? ""
                                : " Last day: in the colours of the outcomes; an upright stroke is something done.")
                .append("</p>\n<table>")
                .append(GuestRow.head(picture))
                .append("<tbody>\n");
        picture.guests().stream()
                .sorted(Comparator.comparing(g -> AlignmentState.of(g.outcome())))
                .forEach(g -> GuestRow.append(g, picture, out));
        out.append("</tbody></table>\n");
    }

    private void decisions() {
        out.append("<h2>Last decisions</h2>\n");
        if (picture.decisions().isEmpty()) {
            out.append("<p class=\"dim\">None since the daemon was started.</p>\n");
            return;
        }
        out.append("<table>").append(DecisionRow.HEAD).append("<tbody>\n");
        Map<UUID, String> owners = picture.guests().stream()
                .filter(g -> g.instanceName() != null)
                .collect(Collectors.toMap(DomainStatus::uuid, DomainStatus::instanceName, (a, b) -> a));
        picture.decisions().forEach(d -> DecisionRow.append(d, owners, out));
        out.append("</tbody></table>\n");
    }

    private void connections() {
        ServiceStatus service = picture.service();
        if (service == null) {
            return;
        }
        out.append("<h2>Connections</h2>\n<dl>");
        connection("libvirt", service.libvirtUp(), service.libvirt());
        connection("notifications", service.subscribed(), service.subscription("not asked yet"));
        out.append("</dl>\n");
    }

    private void connection(String what, boolean up, String words) {
        out.append("<dt>")
                .append(what)
                .append("</dt><dd>")
                .append(sign(up ? AlignmentState.BESIDE : AlignmentState.AWAY))
                .append(up ? "" : "<span class=\"b bad\">not connected: </span>")
                .append(escaped(words))
                .append("</dd>");
    }
}
