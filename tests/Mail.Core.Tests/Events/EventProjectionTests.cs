using System.Text.Json;
using Mail.Core.Events;
using Mail.Core.Ids;
using Mail.Core.Messages;

namespace Mail.Core.Tests.Events;

public sealed class EventProjectionTests
{
    private static readonly MessageId Message = PrefixedId.New<MessageId>(TimeProvider.System);

    [Fact]
    public void The_mail_surface_tells_everything()
    {
        var happened = Happened(EventTypes.MessageBounced, """{"recipient":"ada@example.com","smtpCode":550}""");
        var told = EventProjection.Mail(happened);
        Assert.Equal((happened.Id.ToString(), "mail.message.bounced", "message", Message.ToString(), Message.ToString()),
            (told.Id, told.Type, told.ResourceType, told.ResourceId, told.MessageId));
        Assert.Equal(550, told.Data.GetProperty("smtpCode").GetInt32());
        Assert.Equal("{}", EventProjection.Mail(Happened(EventTypes.MessageQueued, null)).Data.GetRawText());
    }

    [Fact]
    public void The_account_surface_says_who_and_why()
    {
        var told = EventProjection.Account(Happened(EventTypes.MessageBounced,
            """{"recipient":"ada@example.com","smtpCode":550,"enhancedCode":"5.1.1","reply":"no such user"}"""))!;
        Assert.Equal("email.bounced", told.Type);
        Assert.Equal(new AccountEventData(Message.ToString(), "ada@example.com", "Bounced", "550 5.1.1 no such user"), told.Data);
    }

    [Fact]
    public void A_success_has_no_error_message() =>
        Assert.Null(EventProjection.Account(Happened(EventTypes.DeliveryDelivered, """{"recipient":"a@b.c","reply":"250 OK"}"""))!.Data.ErrorMessage);

    [Theory]
    [InlineData(EventTypes.MessageQueued)]
    [InlineData(EventTypes.MessageSending)]
    [InlineData(EventTypes.DomainVerified)]
    public void The_account_surface_does_not_tell_of_everything(string type)
    {
        Assert.Null(EventProjection.Account(Happened(type, null)));
        Assert.Null(EventProjection.AccountListed(Happened(type, null)));
    }

    [Fact]
    public void Listed_events_have_their_number_and_the_names_of_that_surface()
    {
        var opened = EventProjection.AccountListed(Happened(EventTypes.MessageOpened, """{"userAgent":"Mailer/1","recipient":"a@b.c"}"""))!;
        Assert.Equal(AccountEventType.Open, opened.Type);
        Assert.Equal("Mailer/1", opened.Metadata!["userAgent"]);
        var sent = EventProjection.AccountListed(Happened(EventTypes.MessageSent, """{"reply":"2.0.0 Ok"}"""))!;
        Assert.Equal("2.0.0 Ok", sent.Metadata!["smtpResponse"]);
        Assert.Null(EventProjection.AccountListed(Happened(EventTypes.MessageSent, null))!.Metadata);
    }

    [Fact]
    public void Every_account_type_has_types_behind_it()
    {
        Assert.All(EventProjection.AccountTypes, type => Assert.NotEmpty(EventProjection.TypesBehind(type)));
        Assert.All(Enum.GetValues<AccountEventType>(), type => Assert.All(EventProjection.TypesBehind(type), known => Assert.Contains(known, EventTypes.All)));
        Assert.Empty(EventProjection.TypesBehind("email.vanished"));
    }

    [Fact]
    public void The_prefix_of_an_id_tells_what_it_is_of()
    {
        var read = EventResources.ReadId(Message.ToString());
        Assert.Equal(new EventResource(EventResources.Message, Message.Value), read);
        Assert.Null(EventResources.ReadId("cat_" + Message.ToString()[4..]));
    }

    private static EventDetails Happened(string type, string? data) => new(
        PrefixedId.New<EventId>(TimeProvider.System), type, EventResources.Message, Message.Value, Message, DateTimeOffset.UnixEpoch,
        data is null ? null : JsonElement.Parse(data));
}
