using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Templates;
using Mail.Core.Templates.Engine;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.Templates;

public sealed class CompiledVersionsTests
{
    private static readonly OrganizationId Organization = PrefixedId.New<OrganizationId>(TimeProvider.System);
    private static readonly TemplateId Template = PrefixedId.New<TemplateId>(TimeProvider.System);

    private int _loads;

    [Fact]
    public async Task A_version_is_compiled_once_while_there_is_room()
    {
        var versions = With(cacheBytes: 1_000_000);
        var first = await GetAsync(versions, 1);
        Assert.Same(first, await GetAsync(versions, 1));
        Assert.Equal(1, _loads);
    }

    [Fact]
    public async Task What_was_not_used_for_longest_makes_room()
    {
        var one = (await GetAsync(With(0), 1))!.Bytes;
        var versions = With(cacheBytes: 3 * one);
        foreach (var number in (int[])[1, 2, 3, 1, 4])
            await GetAsync(versions, number);
        Assert.Equal(3 * one, versions.Bytes);
        _loads = 0;
        await GetAsync(versions, 1);
        await GetAsync(versions, 3);
        await GetAsync(versions, 4);
        Assert.Equal(0, _loads);
        await GetAsync(versions, 2);
        Assert.Equal(1, _loads);
    }

    [Fact]
    public async Task What_is_larger_than_the_room_is_used_and_not_kept()
    {
        var versions = With(cacheBytes: 10);
        Assert.NotNull(await GetAsync(versions, 1));
        Assert.Equal(0, versions.Bytes);
    }

    [Fact]
    public async Task Organizations_and_templates_do_not_meet()
    {
        var versions = With(cacheBytes: 1_000_000);
        await GetAsync(versions, 1);
        await versions.GetAsync(PrefixedId.New<OrganizationId>(TimeProvider.System), Template, 1, Load, CancellationToken.None);
        await versions.GetAsync(Organization, PrefixedId.New<TemplateId>(TimeProvider.System), 1, Load, CancellationToken.None);
        Assert.Equal(3, _loads);
    }

    [Fact]
    public async Task A_version_that_does_not_exist_is_asked_for_again()
    {
        var versions = With(cacheBytes: 1_000_000);
        Assert.Null(await versions.GetAsync(Organization, Template, 1, _ => Task.FromResult<TemplateParts?>(null), CancellationToken.None));
        Assert.NotNull(await GetAsync(versions, 1));
    }

    private ValueTask<TemplateParts?> GetAsync(CompiledVersions versions, int number) =>
        versions.GetAsync(Organization, Template, number, Load, CancellationToken.None);

    private Task<TemplateParts?> Load(CancellationToken cancellationToken)
    {
        _loads++;
        return Task.FromResult(TemplateParts.Compile("{{a}}", "<p>{{b}}</p>", null, new TemplateLimits()).Parts);
    }

    private static CompiledVersions With(long cacheBytes) => new(Options.Create(new TemplateLimits { CacheBytes = cacheBytes }));
}
