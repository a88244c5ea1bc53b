package org.novagpubinder.picture.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.picture.svg.HostPicture;
import org.novagpubinder.picture.svg.Scenes;
import org.novagpubinder.placement.load.HostLoad;

class HtmlPageTest {
    @Test
    void thePageTellsTheGuestsTheDecisionsAndTheConnections() {
        String page = HtmlPage.render(Scenes.small());

        assertThat(page)
                .startsWith("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .contains("<title>(1) cmp-gpu-07.example.org: GPU guests</title>")
                .contains("as it was at 2026-11-23 20:15:03 UTC")
                .contains("<h2>GPU guests</h2>", "<h2>Last decisions</h2>", "<h2>Connections</h2>")
                .contains("train-b", "5b0d1a9e-9a35-4c49-8e7c-2ac14dcb0003", "12%&nbsp;on&nbsp;0, 88%&nbsp;on&nbsp;1")
                .contains("Nova has placed it on node 1, and its placement is never changed")
                .contains("Nova's task ended", "pinned 2 vCPUs, pinned the emulator threads, wrote the definition")
                .contains("req-5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11", "in 2000 ms")
                .contains("libvirt at qemu:///system", "queue nova-gpu-binder.cmp-gpu-07");
        assertThat(page.indexOf("train-b</bdi>"))
                .as("who is badly off stands first in the table")
                .isLessThan(page.indexOf("desktop-19</bdi>"));
    }

    @Test
    void aGuestTellsForHowLongItStandsSoAndWhatWasDecidedWithinADay() {
        String page = HtmlPage.render(Scenes.small());

        assertThat(page)
                .contains("misaligned</span><br><span class=\"dim\">for 40 min</span>")
                .contains(
                        "<th scope=\"col\">Last day</th>",
                        "aria-label=\"the last day: deferred at its end, 3 changes\"")
                .contains(
                        "11-23 11:15</span> <span class=\"b good\">bound</span>: pinned 2 vCPUs, wrote the definition");
    }

    @Test
    void whatIsDoneKeepsItsWordsWholeAndALongNameTheColumns() {
        assertThat(PageStyle.TEXT).contains(".prose{min-width:12em}", "overflow-wrap:anywhere");
        assertThat(HtmlPage.render(Scenes.small())).contains("<td data-is=\"Done\" class=\"prose\">");
    }

    @Test
    void onAPhoneItIsSaidThatThePictureIsWider() {
        String page = HtmlPage.render(Scenes.small());

        assertThat(page).contains("<p class=\"dim swipe\">The picture is wider than this screen");
        assertThat(PageStyle.TEXT.substring(PageStyle.TEXT.indexOf("@media (max-width:760px)")))
                .contains(".swipe{display:block}");
    }

    @Test
    void theLinesAreExplainedBesideThePictureInWordsThatWrapOnAPhone() {
        String page = HtmlPage.render(Scenes.small());

        assertThat(page)
                .containsSubsequence(
                        "<ul class=\"counts key\">",
                        "Lines from guests to their GPUs:",
                        "<span>not wholly beside the GPU</span>",
                        "<span>waiting for a start</span>",
                        "<span>beside the GPU</span>",
                        "<figure");
        assertThat(PageStyle.TEXT).contains(".counts{display:flex;flex-wrap:wrap");
    }

    @Test
    void aDecisionNamesTheGuestAsItsOwnerDoes() {
        String page = HtmlPage.render(Scenes.small());

        assertThat(page.substring(page.indexOf("<h2>Last decisions</h2>")))
                .contains("<bdi>render-farm-7</bdi><br><span class=\"dim tight\"><bdi>instance-00000002</bdi>");
    }

    @Test
    void coloursThatHaveNoWordBesideThemAreExplained() {
        assertThat(HtmlPage.render(Scenes.small()))
                .contains("Memory: green is beside the GPU, red elsewhere. Last day: in the colours of the outcomes;");
    }

    @Test
    void nothingThatATenantNamedIsMarkup() {
        String page = HtmlPage.render(Scenes.hostile());
        String visible = page.replace(PageStyle.TEXT, "")
                .replace("<a href=\"/metrics\">metrics</a>", "")
                .replace("<a href=\"/health\">health</a>", "");

        Matcher tags = Pattern.compile("<(/?[a-zA-Z!][a-zA-Z0-9]*)([^>]*)>").matcher(visible);
        while (tags.find()) {
            assertThat(tags.group(1))
                    .isIn(
                            "!DOCTYPE",
                            "html",
                            "/html",
                            "head",
                            "/head",
                            "meta",
                            "title",
                            "/title",
                            "style",
                            "/style",
                            "body",
                            "/body",
                            "header",
                            "/header",
                            "h1",
                            "/h1",
                            "h2",
                            "/h2",
                            "p",
                            "/p",
                            "ul",
                            "/ul",
                            "li",
                            "/li",
                            "figure",
                            "/figure",
                            "svg",
                            "/svg",
                            "g",
                            "/g",
                            "rect",
                            "path",
                            "text",
                            "/text",
                            "table",
                            "/table",
                            "thead",
                            "/thead",
                            "tbody",
                            "/tbody",
                            "tr",
                            "/tr",
                            "th",
                            "/th",
                            "td",
                            "/td",
                            "br",
                            "span",
                            "/span",
                            "bdi",
                            "/bdi",
                            "dl",
                            "/dl",
                            "dt",
                            "/dt",
                            "dd",
                            "/dd",
                            "details",
                            "/details",
                            "summary",
                            "/summary",
                            "footer",
                            "/footer");
            assertThat(tags.group(2)).doesNotContainPattern("\\son[a-z]+\\s*=").doesNotContain("src=", "href=");
        }
        assertThat(visible)
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;")
                .contains("&amp;lt;b&amp;gt;");
        assertThat(page.codePoints().filter(c -> c != '\n'))
                .noneMatch(c -> Character.getType(c) == Character.CONTROL || Character.getType(c) == Character.FORMAT);
    }

    @Test
    void theBrowserMayUseThisStyleAndNothingElse() throws Exception {
        String page = HtmlPage.render(Scenes.hostile());

        Matcher styles = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL).matcher(page);
        assertThat(styles.find()).isTrue();
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(styles.group(1).getBytes(StandardCharsets.UTF_8));
        assertThat(styles.find()).as("one style element").isFalse();
        assertThat(HtmlPage.CONTENT_SECURITY_POLICY)
                .contains(
                        "default-src 'none'",
                        "style-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'")
                .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'")
                .doesNotContain("unsafe");
        assertThat(page).as("the policy would refuse these").doesNotContain(" style=", "<script", "<link", "<img");
    }

    @Test
    void libvirtThatIsAwayIsSaid() {
        HostPicture small = Scenes.small();
        HostPicture away = new HostPicture(
                small.host(),
                small.topology(),
                Map.of(),
                HostLoad.NONE,
                List.of(),
                "The guests are not known: cannot connect to qemu:///system",
                List.of(),
                Map.of(),
                new ServiceStatus(false, "no connection to qemu:///system", null, false, false),
                small.at());

        assertThat(HtmlPage.render(away))
                .contains("<p class=\"trouble\">The guests are not known: cannot connect to qemu:///system</p>")
                .contains("not connected: </span>no connection to qemu:///system", "not asked yet")
                .contains("None since the daemon was started.")
                .doesNotContain("0 guests", "0 GPU guests");
    }

    @Test
    void twoHundredGuestsAreAllInTheTable() {
        String page = HtmlPage.render(Scenes.of(8, 16, 200));

        assertThat(page.split("<tr><td><span class=\"b\">", -1)).hasSize(201);
        assertThat(page.getBytes(StandardCharsets.UTF_8).length).isLessThan(520_000);
    }
}
