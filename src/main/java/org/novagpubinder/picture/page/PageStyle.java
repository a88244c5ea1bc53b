package org.novagpubinder.picture.page;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.novagpubinder.picture.svg.HostSvg;
import org.novagpubinder.picture.svg.Palette;

/** The page's only style sheet, and the policy that allows nothing else. */
final class PageStyle {
    static final String TEXT = Palette.htmlVariables() + """
            *{box-sizing:border-box}
            body{margin:0 auto;max-width:1248px;padding:24px;background:var(--back);color:var(--text);
            font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
            h1{font-size:24px;line-height:1.2;margin:0;overflow-wrap:anywhere}
            h2{font-size:17px;margin:36px 0 10px}
            p{margin:4px 0}
            .dim{color:var(--dim)}
            .mono{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:13px}
            .b{font-weight:600}
            .sign{width:18px;height:18px;flex:none;vertical-align:-4px;margin-right:6px}
            .counts{display:flex;flex-wrap:wrap;gap:6px 22px;list-style:none;margin:14px 0 0;padding:0}
            .small{font-size:13px}
            .key{margin-top:10px;font-size:13px}
            .key li{display:flex;align-items:center;gap:7px}
            .key svg{width:36px;height:16px;flex:none}
            .trouble{border:1px solid var(--wait);border-left-width:5px;border-radius:6px;padding:8px 12px;margin:14px 0 0}
            .bad{color:var(--bad)}.wait{color:var(--wait)}.good{color:var(--good)}
            figure{margin:18px 0 0;overflow-x:auto}
            .swipe{display:none;margin:18px 0 -10px;font-size:13px}
            figure svg{display:block;width:100%;min-width:800px;height:auto}
            table{width:100%;border-collapse:collapse;font-size:14px}
            th{text-align:left;font-size:12px;font-weight:600;color:var(--dim);padding:4px 14px 6px 0;white-space:nowrap}
            td{vertical-align:top;padding:8px 14px 8px 0;border-top:1px solid var(--edge);overflow-wrap:anywhere}
            .prose{min-width:12em}
            .tight{white-space:nowrap}
            .tight.m{white-space:normal;min-width:8em}
            .day{min-width:160px}
            .strip{width:144px;height:12px;vertical-align:middle}
            summary{cursor:pointer;white-space:nowrap}
            .told{margin:6px 0 0;padding:0;list-style:none;font-size:13px}
            .bar{display:flex;height:8px;width:104px;border-radius:4px;overflow:hidden;background:var(--track);margin-top:6px}
            dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 18px;margin:0}
            dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}
            a{color:inherit}
            footer{margin-top:36px;color:var(--dim);font-size:13px}
            @media (max-width:760px){
            body{padding:16px}
            .swipe{display:block}
            figure{border:1px solid var(--edge);border-width:0 1px}
            table,tbody,tr,td{display:block}
            thead{display:none}
            tr{border:1px solid var(--edge);border-radius:8px;background:var(--card);padding:8px 12px;margin-bottom:10px}
            td{border:0;padding:3px 0 3px 7em;position:relative}
            .tight{white-space:normal}
            .prose,.day{min-width:0}
            td:before{content:attr(data-is);position:absolute;left:0;font-size:13px;color:var(--dim)}
            td:first-child{padding-left:0}
            dl{grid-template-columns:1fr;gap:2px}dd{margin-bottom:8px}}
            """ + HostSvg.STYLE;

    /** Nothing but this style: no script, no picture, no form, no frame, nothing from elsewhere. */
    static final String POLICY = "default-src 'none'; style-src 'sha256-" + hash()
            + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private PageStyle() {}

    private static String hash() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(TEXT.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
