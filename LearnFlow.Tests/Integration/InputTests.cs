using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace LearnFlow.Tests.Integration;

/// <summary>Bodies that are not what they should be are told so, and what nobody sees does not get through.</summary>
[Collection(InputCollection.Name)]
public sealed class InputTests(InputStack stack)
{
    private const string Path = "/api/v1/triage";

    /// <summary>What no problem may hold: names of ours and of what we are made of, and traces of a stack.</summary>
    private static readonly string[] Internal =
        ["System.", "LearnFlow.", "Microsoft.", "   at ", "Exception", "IDX", "StackExchange", "Kestrel", "Utf8", "Json.", "$."];

    public static TheoryData<string, byte[]> NotUtf8 => new()
    {
        { "overlong slash", [0xc0, 0xaf] },
        { "overlong in three", [0xe0, 0x80, 0xaf] },
        { "lone continuation", [0x80] },
        { "cut in the middle", [0xe2, 0x82] },
        { "surrogates one by one", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80] },
        { "beyond Unicode", [0xf4, 0x90, 0x80, 0x80] },
        { "never used", [0xff] },
        { "Latin 1", [0xe9] },
    };

    [Theory]
    [MemberData(nameof(NotUtf8), DisableDiscoveryEnumeration = true)]
    public async Task What_is_not_UTF_8_is_told_by_field(string kind, byte[] bytes)
    {
        foreach (var field in (string[])["query", "code", "error"])
        {
            byte[] body = [.. Encoding.UTF8.GetBytes($$"""{"query":"what","{{field}}":"a"""), .. bytes, .. "b\"}"u8];
            body = field == "query" ? [.. "{\"query\":\"a"u8, .. bytes, .. "b\"}"u8] : body;

            var problem = await SendAsync(body, HttpStatusCode.BadRequest);

            Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
            Assert.False(string.IsNullOrEmpty(kind));
        }
    }

    public static TheoryData<string, string> NotOurs => new()
    {
        { "half a pair", """{"query":"a\ud800b"}""" },
        { "half a pair, the second", """{"query":"a\udc00b"}""" },
        { "a pair the wrong way round", """{"query":"\udc00\ud800"}""" },
        { "half a pair in code", """{"query":"a","code":"\ud83d"}""" },
        { "NUL as it is", "{\"query\":\"a\0b\"}" },
        { "line end as it is", "{\"query\":\"a\nb\"}" },
        { "unknown escape", """{"query":"a\x41"}""" },
        { "single quotes", "{'query':'a'}" },
        { "comment", """{"query":"a" /* why not */}""" },
        { "comma too many", """{"query":"a",}""" },
        { "two values", """{"query":"a"}{"query":"b"}""" },
        { "the same field twice", """{"query":"what is a list?","query":"what is a set?"}""" },
        { "the same field twice, once escaped", """{"query":"what is a list?","qu\u0065ry":"what is a set?"}""" },
        { "the same field twice, once in capitals", """{"query":"what is a list?","QUERY":"what is a set?"}""" },
        { "lists in one another", $$"""{"query":"a","x":{{new string('[', 10_000)}}{{new string(']', 10_000)}}}""" },
        { "lists that do not end", new string('[', 10_000) },
        { "objects in one another", $$"""{"query":"a","conversation":{{string.Concat(Enumerable.Repeat("{\"x\":", 10_000))}}1{{new string('}', 10_001)}}""" },
        { "turn beyond numbers", """{"query":"a","conversation":{"turn":1e400}}""" },
        { "turn of many digits", $$"""{"query":"a","conversation":{ "turn":{{new string('9', 10_000)}} } }""" },
        { "turn with a fraction", """{"query":"a","conversation":{"turn":1.5}}""" },
        { "turn as a word", """{"query":"a","conversation":{"turn":"1"}}""" },
        { "turn before the first", """{"query":"a","conversation":{"turn":-2147483648}}""" },
        { "no number", """{"query":"a","conversation":{"turn":NaN}}""" },
        { "intent as a number", """{"query":"a","intent":3}""" },
        { "intent as a number of none", """{"query":"a","intent":99}""" },
        { "intent as a number in a text", """{"query":"a","intent":"3"}""" },
        { "two intents", """{"query":"a","intent":"exercise_request,progress_check"}""" },
        { "previous intent as a number", """{"query":"and why?","conversation":{"id":"c","previousIntent":99}}""" },
        { "intent as an object", """{"query":"a","intent":{"$type":"System.Object"}}""" },
        { "conversation as a list", """{"query":"a","conversation":[]}""" },
        { "null", "null" },
        { "true", "true" },
        { "a text", "\"what is a list?\"" },
        { "form", "query=what+is+a+list" },
        { "nobody sees anything", "{\"query\":\"\u200b\u2060\ufeff\u00ad\"}" },
        { "escapes of what nobody sees", """{"query":"\u0000\u0001\u202e\u200d \t\n"}""" },
        { "tags", "{\"query\":\"\U000e0068\U000e0069\"}" },
    };

    [Theory]
    [MemberData(nameof(NotOurs), DisableDiscoveryEnumeration = true)]
    public async Task A_body_that_does_not_fit_is_refused_with_its_field(string kind, string body)
    {
        var problem = await SendAsync(Encoding.UTF8.GetBytes(body), HttpStatusCode.BadRequest);

        Assert.Equal("urn:learnflow:problem:invalid-input", problem.Text("type"));
        Assert.NotEmpty(problem.GetProperty("errors").EnumerateObject());
        Assert.False(string.IsNullOrEmpty(kind));
    }

    public static TheoryData<string, string> Odd => new()
    {
        { "mark of byte order in front", "\ufeff{\"query\":\"what is a list?\"}" },
        { "white space around", "  \r\n\t{ \"query\" : \"what is a list?\" }  \n" },
        { "unknown fields", $$"""{"query":"what is a list?",{{string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"x{i}\":{i}"))}}}""" },
        { "unknown field beyond numbers", """{"query":"what is a list?","x":1e400}""" },
        { "nulls", """{"query":"what is a list?","code":null,"error":null,"requestId":null,"conversation":null,"intent":null}""" },
        { "field in capitals", """{"QUERY":"what is a list?"}""" },
        { "field with escapes", """{"\u0071uery":"what is a list\u003f"}""" },
        { "depth that is allowed", $$"""{"query":"what is a list?","x":{{new string('[', 30)}}{{new string(']', 30)}}}""" },
    };

    [Theory]
    [MemberData(nameof(Odd), DisableDiscoveryEnumeration = true)]
    public async Task An_odd_body_that_fits_is_answered(string kind, string body)
    {
        await SendAsync(Encoding.UTF8.GetBytes(body), HttpStatusCode.OK);
        Assert.False(string.IsNullOrEmpty(kind));
    }

    public static TheoryData<string, string> ContentTypes => new()
    {
        { "none", "" },
        { "text/plain", "" },
        { "application/x-www-form-urlencoded", "" },
        { "multipart/form-data; boundary=x", "" },
        { "text/json-but-not", "" },
        { "application/json; charset=nonsense", "" },
        { "application/json; charset=utf-7", "" },
        { "application/json; charset=\"\"", "" },
        { "application/json; charset=ibm037", "" },
        { "application/json; charset=utf-16", "" },
        { "application/json; charset=utf-32", "" },
        { "application/json", "gzip" },
        { "application/json", "br" },
        { "application/json", "nonsense" },
    };

    [Theory]
    [MemberData(nameof(ContentTypes))]
    public async Task A_body_that_is_called_something_else_than_JSON_in_UTF_8_is_refused(string contentType, string encoding)
    {
        var json = """{"query":"what is a list?"}"""u8.ToArray();
        using var content = new ByteArrayContent(encoding == "gzip" ? Zipped(json) : json);
        if (contentType != "none")
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (encoding.Length > 0)
        {
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }

        using var student = stack.As("student");
        using var reply = await student.PostAsync(Path, content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.StatusCode);
        ShouldTellNothingInternal(await reply.ReadSafelyAsync($"{contentType} {encoding}"));
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("text/event-stream")]
    [InlineData("image/png, text/html;q=0.9")]
    [InlineData("application/xml;q=1, */*;q=0")]
    [InlineData("nonsense")]
    public async Task A_problem_is_told_whatever_the_caller_says_to_accept(string accept)
    {
        using var student = stack.As("student");
        using var anyone = stack.Anonymous();
        foreach (var (client, method, address, status) in ((HttpClient, HttpMethod, string, HttpStatusCode)[])
        [
            (anyone, HttpMethod.Get, "/api/v1/progress", HttpStatusCode.Unauthorized),
            (student, HttpMethod.Get, "/api/v1/admin/flags", HttpStatusCode.Forbidden),
            (student, HttpMethod.Get, "/api/v1/nothing", HttpStatusCode.NotFound),
            (student, HttpMethod.Get, "/api/v1/triage/nothing", HttpStatusCode.NotFound),
            (student, HttpMethod.Delete, "/api/v1/triage", HttpStatusCode.MethodNotAllowed),
            (student, HttpMethod.Post, "/api/v1/triage", HttpStatusCode.UnsupportedMediaType),
        ])
        {
            using var request = new HttpRequestMessage(method, address);
            request.Content = method == HttpMethod.Post ? new StringContent("text") : null;
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using var reply = await client.SendAsync(request);

            Assert.Equal(status, reply.StatusCode);
            await reply.ReadSafelyAsync($"{accept} of {address}");
        }
    }

    [Theory]
    [InlineData("what\u200b is a\u2060 list?", "what is a list?")]
    [InlineData("what is a list?\u202e\u0000\u0007", "what is a list?")]
    [InlineData("cafe\u0301 = 3, why?", "caf\u00e9 = 3, why?")]
    [InlineData("\u001b[31mwhat is a list?\u001b[0m", "what is a list?")]
    [InlineData("tabs\tand\r\nlines stay", "tabs\tand\r\nlines stay")]
    public async Task The_agent_gets_the_words_without_what_nobody_sees(string typed, string arrives)
    {
        stack.Agents.Reset();
        stack.Agents.Reply = EchoStack<GarnetUnderTest>.Echo;
        using var student = stack.As("student");

        await student.AskAsync(new { query = typed, error = typed, intent = "syntax_help" });

        var question = stack.Agents.Calls.Single(call => call.Path == "/debug/answer").Question;
        Assert.Equal(arrives, question.Text("query"));
        Assert.Equal(arrives, question.Text("error"));
    }

    [Theory]
    [InlineData(5_000, 3_000, HttpStatusCode.OK)]
    [InlineData(5_001, 3_000, HttpStatusCode.BadRequest)]
    public async Task What_nobody_sees_does_not_count_as_length(int seen, int unseen, HttpStatusCode status)
    {
        using var student = stack.As("student");

        using var reply = await student.PostAsJsonAsync(
            Path, new { query = new string('\u200b', unseen) + new string('a', seen), intent = "code_review" });

        Assert.Equal(status, reply.StatusCode);
    }

    [Fact]
    public async Task A_body_in_chunks_is_cut_at_the_limit_though_nobody_said_how_long_it_is()
    {
        using var student = stack.As("student");
        var body = """{"query":"what is a list?","code":"""u8.ToArray().Concat(Enumerable.Repeat((byte)' ', 2_000_000)).ToArray();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StreamContent(new MemoryStream(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = true;

        using var reply = await student.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
        var problem = await reply.ReadSafelyAsync("chunks");
        Assert.Equal("urn:learnflow:problem:too-large", problem.Text("type"));
        Assert.Equal(["body"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        ShouldTellNothingInternal(problem);
    }

    [Fact]
    public async Task A_body_that_says_it_is_too_long_is_refused_before_it_comes()
    {
        // Nothing of it is sent: whoever waited for it would wait forever.
        var raw = await stack.Address.SendRawAsync(Encoding.ASCII.GetBytes(Head("Content-Length: 10000000")));

        Assert.StartsWith("HTTP/1.1 413", raw, StringComparison.Ordinal);
        Assert.Contains("urn:learnflow:problem:too-large", raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_length_that_is_a_lie_harms_nobody_else()
    {
        const string body = """{"query":"what is a list?"}""";

        // Longer than what comes: there is nobody left to answer.
        await stack.Address.SendRawAsync(Encoding.ASCII.GetBytes($"{Head("Content-Length: 500")}{body}"), isCut: true);
        // Shorter: what is behind it is no part of it.
        var cut = await stack.Address.SendRawAsync(Encoding.ASCII.GetBytes($"{Head("Content-Length: 10")}{body}"));
        // Two of them, or none that can be read.
        var two = await stack.Address.SendRawAsync(Encoding.ASCII.GetBytes($"{Head("Content-Length: 10\r\nContent-Length: 27")}{body}"));
        var odd = await stack.Address.SendRawAsync(Encoding.ASCII.GetBytes($"{Head("Content-Length: -1")}{body}"));

        Assert.StartsWith("HTTP/1.1 400", cut, StringComparison.Ordinal);
        Assert.Contains("urn:learnflow:problem:invalid-input", cut, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", two, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", odd, StringComparison.Ordinal);
        await SendAsync(Encoding.UTF8.GetBytes(body), HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_body_that_comes_byte_by_byte_is_one_body()
    {
        var body = Encoding.UTF8.GetBytes("""{"query":"what is a list \ud83d\ude00 é?"}""");
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(stack.Address.Host, stack.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Head($"Content-Length: {body.Length}")));
        foreach (var one in body)
        {
            await stream.WriteAsync(new[] { one });
            await stream.FlushAsync();
        }

        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 200", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_stops_coming_is_not_waited_for_forever()
    {
        var raw = await stack.Address.SendRawAsync(Encoding.ASCII.GetBytes($$"""{{Head("Content-Length: 500")}}{"query":"""));

        Assert.StartsWith("HTTP/1.1 408", raw, StringComparison.Ordinal);
        Assert.Contains("urn:learnflow:problem:request-timeout", raw, StringComparison.Ordinal);
    }

    private string Head(string length) =>
        $"POST {Path} HTTP/1.1\r\nHost: {stack.Address.Authority}\r\nAuthorization: Bearer {stack.SignToken("student")}\r\n"
        + $"Content-Type: application/json\r\n{length}\r\nConnection: close\r\n\r\n";

    private async Task<JsonElement> SendAsync(byte[] body, HttpStatusCode status)
    {
        using var student = stack.As("student");
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var reply = await student.PostAsync(Path, content);
        var sent = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 100)));
        var answer = await reply.ReadSafelyAsync(sent);
        Assert.True(status == reply.StatusCode, $"{(int)reply.StatusCode} {answer} for {sent}");
        if (status != HttpStatusCode.OK)
        {
            ShouldTellNothingInternal(answer);
        }

        return answer;
    }

    private static void ShouldTellNothingInternal(JsonElement problem) => Assert.All(
        Internal, name => Assert.DoesNotContain(name, problem.GetRawText(), StringComparison.Ordinal));

    private static byte[] Zipped(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            zip.Write(bytes);
        }

        return zipped.ToArray();
    }
}
