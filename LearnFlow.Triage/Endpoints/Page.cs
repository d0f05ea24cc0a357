using Microsoft.Extensions.FileProviders;

namespace LearnFlow.Triage.Endpoints;

/// <summary>The page at <c>/</c>, from the folder <c>Page</c> beside the program.</summary>
internal static class Page
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UsePage(this WebApplication app)
    {
        var files = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "Page"));
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = response =>
            {
                var headers = response.Context.Response.Headers;
                headers.ContentSecurityPolicy = ContentSecurityPolicy;
                headers["Referrer-Policy"] = "no-referrer";
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                // The files carry no version in their names, so the browser asks each time whether they changed.
                headers.CacheControl = "no-cache";
            },
        });
    }
}
