using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace LearnFlow.Tests.AppHost.OneProcess;

/// <summary>A body that is sent when the test says so; the server asks for it when it has begun with the request.</summary>
internal sealed class HeldContent : HttpContent
{
    private readonly TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _body;

    public HeldContent(string json)
    {
        _body = Encoding.UTF8.GetBytes(json);
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>Done when the server wants the body.</summary>
    public Task Wanted => _wanted.Task;

    public void Release() => _released.SetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        _wanted.SetResult();
        await _released.Task;
        await stream.WriteAsync(_body);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
